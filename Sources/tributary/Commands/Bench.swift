public import ArgumentParser
import TributaryCore
public import TributaryPlan
public import TributaryTransfer

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time training steps of one workload on made-up data.",
    discussion: """
      WORKLOAD: \(BenchWorkload.all.map(\.name).joined(separator: ", ")).

      EXAMPLES
        tributary bench cifar-resnet20 --threads 2 --json
        tributary bench minilm-64 --backbone MiniLM-L6 --threads 2
      """)

  @Argument(help: "What to time.")
  var workload: BenchWorkload

  @Option(help: "Compute threads.")
  var threads = 1

  @Option(help: "Steps timed, after as many to warm up (at most 5).")
  var steps = 20

  @Option(help: "The Hugging Face folder of the MiniLM workload.")
  var backbone: String?

  @Option(help: "Of the products: float32, or bf16 where the CPU has it.")
  var precision = LocalPlan.Precision.float32

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...1024).contains(threads), (1...100_000).contains(steps) else {
      throw ValidationError("--threads is 1 to 1024, --steps 1 to 100000")
    }
  }

  func run() throws {
    let result = try workload.run(
      threads: threads, steps: steps, backbone: backbone, precision: precision)
    Text.emit(
      json
        ? try Text.json(result)
        : "\(result.workload): \(Text.decimal(result.samplesPerSecond, 1)) samples/s, "
          + "\(Text.decimal(result.medianStepSeconds * 1000, 2)) ms a step of \(result.batchSize) "
          + "(median of \(result.steps)), peak \(result.peakMemoryMiB) MiB")
  }
}

extension BenchWorkload: ExpressibleByArgument {
  public init?(argument: String) {
    guard let workload = Self.all.first(where: { $0.name == argument }) else { return nil }
    self = workload
  }

  public static var allValueStrings: [String] { all.map(\.name) }
}
extension LocalPlan.Precision: ExpressibleByArgument {}
