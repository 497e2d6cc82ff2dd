import ArgumentParser
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTransfer

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a classifier on labelled examples.",
    discussion: """
      Prints accuracy (and of the five likeliest classes), loss (mean cross-entropy), precision, recall \
      and F1 of every class and as means (macro: plain; weighted: by examples), the area under the ROC \
      curve (each class against the rest), the expected calibration error (15 bins) and the confusion \
      matrix.

      EXAMPLES
        tributary evaluate runs/lan/model --data scans-test
        tributary evaluate resnet20.safetensors --architecture cifar-resnet20 --data cifar10_test.bin
        tributary evaluate runs/lan/model --data test.tsv --limit 2000 --json
      """)

  @OptionGroup var options: ModelOptions
  @OptionGroup var output: OutputOptions

  private struct Report: Encodable {
    struct Class: Encodable {
      var name: String
      var precision: Double
      var recall: Double
      var f1: Double
      var support: Int
    }
    var examples: Int
    var accuracy: Double
    var loss: Double
    var topFiveAccuracy: Double
    var macroPrecision: Double
    var macroRecall: Double
    var macroF1: Double
    var weightedF1: Double
    /// nil where a class has no examples, or all.
    var rankingArea: Double?
    var calibrationError: Double
    var classes: [Class]
    var confusion: [[Int]]
  }

  func run() throws {
    let opened = try options.open(labelsRequired: true)
    let classes = opened.loaded.configuration.classes
    _ = try opened.dataset.requireLabels(
      within: TaskPlan(kind: opened.dataset.kind, classes: classes))
    let evaluation = try opened.inference.evaluate(
      opened.source, batchSize: options.batchSize,
      ranking: opened.loaded.configuration.objective != .languageModel)
    let matrix = evaluation.confusion
    let report = Report(
      examples: matrix.total, accuracy: evaluation.accuracy, loss: evaluation.loss,
      topFiveAccuracy: evaluation.topFiveAccuracy, macroPrecision: matrix.macroPrecision,
      macroRecall: matrix.macroRecall, macroF1: matrix.macroF1, weightedF1: matrix.weightedF1,
      rankingArea: evaluation.rankingArea, calibrationError: evaluation.calibrationError,
      classes: (0..<classes).map { label in
        .init(
          name: opened.name(of: label), precision: matrix.precision(of: label),
          recall: matrix.recall(of: label), f1: matrix.f1(of: label),
          support: matrix.support(of: label))
      },
      confusion: matrix.counts)
    if output.json {
      Text.emit(try Text.json(report))
    } else {
      show(report)
    }
  }

  private func show(_ report: Report) {
    let figures: [(String, Double?)] = [
      ("accuracy", report.accuracy),
      ("top-5", report.classes.count > 5 ? report.topFiveAccuracy : nil), ("loss", report.loss),
      ("macro precision", report.macroPrecision), ("macro recall", report.macroRecall),
      ("macro-F1", report.macroF1), ("weighted F1", report.weightedF1),
      ("ROC area", report.rankingArea), ("calibration error", report.calibrationError),
    ]
    Text.emit("\(Text.left("examples", 19))\(report.examples)")
    for case (let name, let value?) in figures {
      Text.emit("\(Text.left(name, 19))\(Text.decimal(value, 4))")
    }
    let width = max(5, report.classes.map(\.name.count).max() ?? 0)
    Text.emit("\n\(Text.left("class", width))  precision  recall      F1  support")
    for entry in report.classes {
      Text.emit(
        "\(Text.left(entry.name, width))  \(Text.right(Text.decimal(entry.precision, 4), 9))  "
          + "\(Text.decimal(entry.recall, 4))  \(Text.decimal(entry.f1, 4))  "
          + Text.right("\(entry.support)", 7))
    }
    Text.emit("\nconfusion (rows: true class, columns: predicted)")
    for (entry, row) in zip(report.classes, report.confusion) {
      let cells = row.map { Text.right("\($0)", 6) }.joined()
      Text.emit(Text.left(entry.name, width) + cells)
    }
  }
}
