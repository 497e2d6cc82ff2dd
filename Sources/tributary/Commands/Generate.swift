import ArgumentParser
import Foundation
import TributaryCore
import TributaryModels
import TributaryTensor

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Continue a text with a causal language model.",
    discussion: """
      Each token is drawn from what --temperature, --top-k and --top-p leave, applied in that order as \
      transformers does; with --temperature 0 it is the likeliest one. The same model, prompt, options \
      and seed give the same text. Generation ends at the model's end token, at --max-tokens, or where \
      the model has no more positions.

      EXAMPLES
        tributary generate gpt2 --prompt "Once upon a time" --temperature 0
        tributary generate gpt2 --prompt "The patient" --max-tokens 60 --top-p 0.9 --seed 7
        tributary generate gpt2 --prompt "Q:" --top-k 50 --repetition-penalty 1.2 --json
        tributary generate runs/characters/model --prompt "ROMEO:" --temperature 0.7
      """)

  @Argument(
    help: "A folder with a causal language model: Hugging Face's gpt2, or a char-lstm.",
    completion: .directory)
  var model: String

  @Option(help: "The text to continue; where empty, the model begins one.")
  var prompt = ""

  @Option(help: "Generate at most this many tokens.")
  var maxTokens = 100

  @Option(help: "Below 1 likely tokens gain, above 1 unlikely ones; 0: always the likeliest.")
  var temperature: Float = 1

  @Option(help: "Draw from so many of the likeliest tokens only.")
  var topK: Int?

  @Option(help: "Draw from the likeliest tokens that together reach this probability only.")
  var topP: Float?

  @Option(help: "Above 1: tokens that were there already lose.")
  var repetitionPenalty: Float = 1

  @Option(help: "Addresses the random draws.")
  var seed: UInt64 = 0

  @Option(help: "Compute threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Written: Encodable {
    var prompt: String
    var text: String
    var tokens: [Int32]
    var tokensPerSecond: Double
  }

  func validate() throws {
    guard maxTokens > 0, threads > 0 else {
      throw ValidationError("--max-tokens and --threads are positive")
    }
  }

  func run() throws {
    ComputeThreads.pin(threads)
    let sampler = try TokenSampler(
      temperature: temperature, topK: topK, topP: topP, repetitionPenalty: repetitionPenalty)
    let path = (try WeightsPath.resolve(model) as NSString).deletingLastPathComponent
    let loaded = try ModelFolder.load(
      path: path, objective: .languageModel, key: RandomKey(seed: 0))
    let generator = try TextGenerator(loaded)
    let tokenizer = try loaded.tokenizer()
    let clock = SystemClock()
    let start = clock.seconds
    let tokens = try generator.tokens(
      after: prompt.isEmpty
        ? generator.beginning : tokenizer.encode(prompt, maximumTokens: .max),
      maximum: maxTokens, sampler: sampler, key: RandomKey(seed: seed).at("generate"))
    let text = tokenizer.decode(tokens)
    let seconds = max(clock.seconds - start, .leastNonzeroMagnitude)
    Text.emit(
      json
        ? try Text.json(
          Written(
            prompt: prompt, text: text, tokens: tokens,
            tokensPerSecond: Double(tokens.count) / seconds)) : prompt + text)
  }
}
