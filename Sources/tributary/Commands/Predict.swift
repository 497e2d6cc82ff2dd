import ArgumentParser
import TributaryModels
import TributaryTransfer

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Classify examples: one JSON line an example, in order.",
    discussion: """
      Labels in the data are not needed and not used.

      EXAMPLES
        tributary predict runs/lan/model --data new-scans
        tributary predict runs/news/model --data headlines.txt
      """)

  @OptionGroup var options: ModelOptions

  private struct Line: Encodable {
    var index: Int
    var label: Int
    var name: String?
    var probability: Float
    var probabilities: [Float]
  }

  func run() throws {
    let opened = try options.open(labelsRequired: false)
    let results = try opened.inference.classify(opened.source, batchSize: options.batchSize)
    for (index, result) in results.enumerated() {
      Text.emit(
        try Text.json(
          Line(
            index: index, label: result.label,
            name: opened.loaded.configuration.classNames?[result.label],
            probability: result.probabilities[result.label], probabilities: result.probabilities)))
    }
  }
}
