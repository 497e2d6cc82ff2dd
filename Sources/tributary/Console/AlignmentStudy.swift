import Dispatch
import Foundation
import Synchronization
import TributaryCore
import TributaryData
import TributaryFeatures
import TributaryStorage
import TributaryTensor

/// Pairs of domains with the methods that are tried on them.
struct AlignmentStudy: Sendable {
  struct Outcome: Sendable {
    var source: String
    var target: String
    var method: DomainAlignment.Method
    var predictions: [Int]
    /// nil where the target has no labels.
    var accuracy: Double?
  }

  private struct Domain: Sendable {
    var name: String
    var features: Matrix
    var labels: [Int]?

    /// Takes the first `count` examples of each class out.
    mutating func takeFirst(_ count: Int) -> DomainAlignment.Labelled {
      var seen: [Int: Int] = [:]
      let all = labels ?? []
      let isTaken = all.map { label in
        seen[label, default: 0] += 1
        return seen[label, default: 0] <= count
      }
      let (taken, rest) = (
        all.indices.filter { isTaken[$0] }, all.indices.filter { !isTaken[$0] }
      )
      defer { (features, labels) = (features.rows(rest), rest.map { all[$0] }) }
      return .init(features: features.rows(taken), labels: taken.map { all[$0] })
    }
  }

  private let domains: [Domain]
  private let pairs: [(source: Int, target: Int)]
  /// So many target examples of each class are learned from.
  private let labelled: Int
  /// The labels as the files spell them.
  private let classNames: [String]

  /// - Throws: what `FeatureTable.read` throws; `data.table` where tables have different columns, or a source no labels,
  ///   or the target where some are to be learned from.
  init(
    tables: [String], target: String?, labelled: Int, prepare: (Matrix) -> Matrix
  ) throws {
    self.labelled = labelled
    let paths = tables + (target.map { [$0] } ?? [])
    let read = try paths.map { try FeatureTable.read($0) }
    let width = read[0].features.columns
    let names = Set(read.flatMap { $0.labels ?? [] })
    classNames = names.sorted { ($0.count, $0) < ($1.count, $1) }
    let numbers = Dictionary(
      uniqueKeysWithValues: classNames.enumerated().map { ($0.element, $0.offset) })
    let sources = target == nil ? paths.count : tables.count
    domains = try zip(paths, read).enumerated().map { index, entry in
      let (path, table) = entry
      guard table.features.columns == width else {
        throw TributaryError(
          "data.table",
          "\(path) has \(table.features.columns) features, \(paths[0]) has \(width)")
      }
      guard (index >= sources && labelled == 0) || table.labels != nil else {
        throw TributaryError("data.table", "\(path) has no labels to learn from")
      }
      return Domain(
        name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent,
        features: prepare(table.features),
        labels: table.labels?.compactMap { numbers[$0] })
    }
    let all = paths.indices
    pairs =
      target == nil
      ? all.flatMap { source in all.filter { $0 != source }.map { (source, $0) } }
      : tables.indices.map { ($0, paths.count - 1) }
  }

  /// Every pair with every method, on all cores; pair by pair, in the methods' order.
  func run(_ alignments: [DomainAlignment]) throws -> [Outcome] {
    let count = pairs.count * alignments.count
    let outcomes = Mutex([Result<Outcome, any Error>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = Result {
        try outcome(pairs[index / alignments.count], alignments[index % alignments.count])
      }
      outcomes.withLock { $0[index] = result }
    }
    return try outcomes.withLock { try $0.compactMap { try $0?.get() } }
  }

  private func outcome(
    _ pair: (source: Int, target: Int), _ alignment: DomainAlignment
  ) throws -> Outcome {
    let source = domains[pair.source]
    var target = domains[pair.target]
    let known = labelled > 0 ? target.takeFirst(labelled) : nil
    let predictions = try alignment.predictions(
      source: source.features, labels: source.labels ?? [], classes: classNames.count,
      target: target.features, labelled: known)
    return Outcome(
      source: source.name, target: target.name, method: alignment.method,
      predictions: predictions,
      accuracy: target.labels.map { labels in
        Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
      })
  }

  /// The predicted labels as the source's file spells them, one a line.
  func write(_ predictions: [Int], to path: String) throws {
    let text = predictions.map { classNames[$0] + "\n" }.joined()
    try DurableFile.write(Bytes(copying: Array(text.utf8)), to: path)
  }
}
