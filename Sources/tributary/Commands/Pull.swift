import ArgumentParser
import Foundation
import TributaryCore
import TributaryHub

struct Pull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetch a model from Hugging Face's hub, or one like it, into its cache.",
    discussion: """
      Prints the folder where the model is. hub:OWNER/NAME (or hub:OWNER/NAME@REVISION) stands for it \
      wherever a model's path may stand: in backbone.path of a run file, in inspect, convert, evaluate, \
      predict, features and generate. They take it from the cache and never from the network.

      Fetches the weights (safetensors, else PyTorch's), configuration and tokenizer; --include says \
      otherwise. Goes on where an earlier pull was interrupted, and verifies every file's hash. \
      The cache is the one that huggingface_hub and transformers use; HF_ENDPOINT, HF_TOKEN (or the file \
      that `hf auth login` writes), HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE mean what they mean there. \
      The token goes to the hub and nowhere else.

      EXAMPLES
        tributary pull sentence-transformers/all-MiniLM-L6-v2
        tributary simulate run.yaml --set backbone.path=hub:team/model --output runs/first
        tributary pull google/bert_uncased_L-2_H-128_A-2 --revision main --include '*.json'
        HF_ENDPOINT=https://hub.example.org tributary pull team/model
        tributary inspect "$(tributary pull timm/resnet18.tv_in1k)"
      """)

  @Argument(help: "The model: OWNER/NAME.")
  var model: String

  @Option(help: "A branch, a tag or a commit.")
  var revision = "main"

  @Option(help: "Fetch files that match, as in '*.json', instead; repeat for several.")
  var include: [String] = []

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Result: Encodable {
    var path: String
    var commit: String
    var files: [String]
  }

  func run() async throws {
    let settings = HubSettings(environment: ProcessInfo.processInfo.environment)
    var pull = HubPull(try HubRepository(model), settings: settings)
    pull.revision = revision
    pull.include = include
    pull.userAgent = "tributary/\(Version.number)"
    let display = PullDisplay(isTerminal: isatty(STDERR_FILENO) == 1)
    defer { display.finish() }
    pull.report = { display.show($0) }
    let pulled = try await pull.run()
    Text.emit(
      json
        ? try Text.json(Result(path: pulled.path, commit: pulled.commit, files: pulled.files))
        : pulled.path)
  }
}
