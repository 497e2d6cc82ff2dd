public import ArgumentParser
public import TributaryFeatures
import TributaryTensor

struct Align: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Classify an unlabelled domain by a labelled one, on tables of features.",
    discussion: """
      A table is safetensors with "features" [examples, features] and "labels" (what `tributary features` \
      writes has no labels), or CSV or TSV of numbers with a label column. Without --target every ordered \
      pair of the tables is tried, and the labels of each target measure the accuracy alone.

      METHODS
        none           the source's classifier as it is
        pca            principal components of both domains (--dimensions)
        coral          the source gets the target's covariance (Sun et al. 2016)
        subspace       the source's components are turned to the target's (Fernando et al. 2013)
        tca            transfer component analysis (Pan et al. 2011; --regularization, --kernel)
        kmm            source examples weighted by kernel mean matching (Huang et al. 2006)
        density-ratio  source examples weighted by a classifier of the domains (Bickel et al. 2007)
        selection      the half of the source examples that this classifier finds most like the target's
        tradaboost     boosting by the target's labelled examples (Dai et al. 2007; --labelled)

      EXAMPLES
        tributary align amazon.safetensors webcam.safetensors --preprocess histogram --methods none,tca
        tributary align amazon.safetensors webcam.safetensors --labelled 3 --methods none,tradaboost --classifier ridge
        tributary align office.csv --target home.csv --methods coral --classifier logistic --output home.txt
      """)

  @Argument(help: "Tables of labelled features.", completion: .file())
  var tables: [String]

  @Option(help: "The target's table, to which all others are sources.", completion: .file())
  var target: String?

  @Option(
    help: "What brings the domains together, as in --methods none,coral.",
    transform: Align.methods)
  var methods: [DomainAlignment.Method] = [.none, .pca, .coral, .subspace, .tca]

  @Option(
    help:
      "So many of the target's examples of each class, the first, are learned from, and not measured."
  )
  var labelled = 0

  @Option(help: "nearest, ridge, lda, prototype or logistic.")
  var classifier = DomainAlignment.Classifier.nearest

  @Option(
    help:
      "Columns of each domain by itself: as they are, standardized, or rows to sum 1 before that.")
  var preprocess = Preprocessing.none

  @Flag(help: "Scale every row to length 1 after that.")
  var unitLength = false

  @Option(help: "Dimensions that pca, subspace and tca keep.")
  var dimensions = 20

  @Option(help: "What coral and tca add to a diagonal.")
  var regularization = 1.0

  @Option(help: "tca's kernel: primal (linear, on features), linear or gaussian.")
  var kernel = DomainAlignment.Kernel.primal

  @Option(help: "The L2 penalty of ridge and logistic.")
  var l2 = 1.0

  @Option(help: "Write the predicted labels, one a line: for one source and one method.")
  var output: String?

  @Flag(help: "Print one JSON object a pair and method.")
  var json = false

  enum Preprocessing: String, ExpressibleByArgument, CaseIterable {
    case none, standardize, histogram

    func callAsFunction(_ features: Matrix) -> Matrix {
      switch self {
      case .none: features
      case .standardize: Standardization.columns(features)
      case .histogram: Standardization.columns(Standardization.rowsOfSumOne(features))
      }
    }
  }

  func validate() throws {
    guard tables.count + (target == nil ? 0 : 1) > 1 else {
      throw ValidationError("at least two tables: a source and a target")
    }
    guard dimensions > 0, l2 >= 0, regularization >= 0, l2.isFinite, regularization.isFinite else {
      throw ValidationError("--dimensions is positive, --l2 and --regularization not negative")
    }
    guard labelled >= 0, labelled == 0 || output == nil else {
      throw ValidationError("--labelled is not negative, and not together with --output")
    }
    guard output == nil || (methods.count == 1 && target != nil && tables.count == 1) else {
      throw ValidationError("--output is for one source, --target and one method")
    }
  }

  private static func methods(_ text: String) throws -> [DomainAlignment.Method] {
    try text.split(separator: ",").map { name in
      guard let method = DomainAlignment.Method(rawValue: String(name)) else {
        let known = DomainAlignment.Method.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("no method is called \(name); known: \(known)")
      }
      return method
    }
  }

  private struct Trial: Encodable {
    var source: String
    var target: String
    var method: String
    var accuracy: Double?
  }

  func run() throws {
    let study = try AlignmentStudy(
      tables: tables, target: target, labelled: labelled,
      prepare: { [self] features in
        let scaled = preprocess(features)
        return unitLength ? Standardization.rowsOfLengthOne(scaled) : scaled
      })
    let alignments = methods.map { method in
      var alignment = DomainAlignment(method: method, classifier: classifier)
      alignment.dimensions = dimensions
      alignment.regularization = regularization
      alignment.kernel = kernel
      alignment.l2 = l2
      return alignment
    }
    let outcomes = try study.run(alignments)
    if let output, let first = outcomes.first {
      try study.write(first.predictions, to: output)
    }
    let trials = outcomes.map {
      Trial(
        source: $0.source, target: $0.target, method: $0.method.rawValue, accuracy: $0.accuracy)
    }
    if json {
      for trial in trials { Text.emit(try Text.json(trial)) }
    } else {
      show(trials)
    }
  }

  private func show(_ trials: [Trial]) {
    let names = methods.map(\.rawValue)
    var rows: [[String]] = []
    for start in stride(from: 0, to: trials.count, by: names.count) {
      let row = trials[start..<start + names.count]
      rows.append(
        ["\(trials[start].source) -> \(trials[start].target)"]
          + row.map { Text.decimal($0.accuracy.map { 100 * $0 }, 2) })
    }
    if rows.count > 1 {
      let means = names.map { name in
        let known = trials.filter { $0.method == name }.compactMap(\.accuracy)
        return known.isEmpty ? "-" : Text.decimal(100 * known.reduce(0, +) / Double(known.count), 2)
      }
      rows.append(["mean"] + means)
    }
    for line in Text.table([["accuracy, %"] + names] + rows, leading: 1) { Text.emit(line) }
  }
}

extension DomainAlignment.Classifier: ExpressibleByArgument {}
extension DomainAlignment.Kernel: ExpressibleByArgument {}
