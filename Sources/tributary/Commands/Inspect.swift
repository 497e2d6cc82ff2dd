import ArgumentParser
import Foundation
import TributaryCore
import TributaryModels
import TributaryStorage

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a checkpoint's tensors, or compare two checkpoints.",
    discussion: """
      Reads safetensors and PyTorch's .pth, .pt, .bin and .th, one file or sharded, and runs nothing in \
      them. Prints every tensor's name, type, shape and size, the architecture that fits, and the \
      weights file's SHA-256, as `sha256sum` prints it.

      With OTHER: what only one of them has, what differs in shape, and for the rest the largest \
      absolute and relative difference, of int8 as what its scales make of it. Ends with code 1 where \
      they are not equal bit by bit.

      EXAMPLES
        tributary inspect runs/lan/model
        tributary inspect resnet20.th --json
        tributary inspect runs/first/model runs/second/model
      """)

  @Argument(
    help: "A folder with a model, a run's folder, hub:OWNER/NAME or a file.", completion: .file())
  var path: String

  @Argument(help: "Another, to compare with.", completion: .file())
  var other: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let weights = try Weights(path: WeightsPath.resolve(path))
    guard let other else { return try WeightsReport(weights).show(asJSON: output.json) }
    let comparison = WeightsComparison(
      try weights.dequantized().tensors,
      try Weights(path: WeightsPath.resolve(other)).dequantized().tensors)
    try ComparisonReport(comparison).show(asJSON: output.json)
    if !comparison.isEqual { throw ExitCode(1) }
  }
}
