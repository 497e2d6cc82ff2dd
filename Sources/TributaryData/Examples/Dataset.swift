internal import TributaryCore
public import TributaryPlan

/// Examples in their file's order, with labels where there are any.
public struct Dataset: Sendable, Equatable {
  public let examples: Examples
  /// One label 0, 1, ... an example; nil for unlabelled examples (`predict`).
  public let labels: [Int]?
  /// The classes' names in label order, where they are known.
  public let classNames: [String]?
  /// Whose each example is, where that was read.
  public let naturalIDs: [String]?

  public init(
    examples: Examples, labels: [Int]? = nil, classNames: [String]? = nil,
    naturalIDs: [String]? = nil
  ) {
    precondition(labels.map { $0.count == examples.count } ?? true, "one label an example")
    precondition(naturalIDs.map { $0.count == examples.count } ?? true, "one id an example")
    self.examples = examples
    self.labels = labels
    self.classNames = classNames
    self.naturalIDs = naturalIDs
  }

  public var count: Int { examples.count }

  public var kind: TaskPlan.Kind {
    switch examples {
    case .images: .imageClassification
    case .text: .textClassification
    case .graph: .nodeClassification
    case .audio: .audioClassification
    }
  }

  /// The examples at `indices`, in that order.
  public func subset(_ indices: [Int]) -> Dataset {
    Dataset(
      examples: examples.subset(indices), labels: labels.map { all in indices.map { all[$0] } },
      classNames: classNames, naturalIDs: naturalIDs.map { all in indices.map { all[$0] } })
  }

  /// How many examples each of `classes` classes has; labels outside are not counted.
  public func labelCounts(classes: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for label in labels ?? [] where counts.indices.contains(label) { counts[label] += 1 }
    return counts
  }

  /// The labels, if these examples can serve `task`.
  ///
  /// - Throws: `data.kind` for images where texts are expected or the reverse, `data.label` for
  ///   missing labels or one that is no class of the task.
  public func requireLabels(within task: TaskPlan) throws -> [Int] {
    guard kind.input == task.kind.input else {
      throw TributaryError(
        "data.kind", "the data are for \(kind.rawValue), but task.kind is \(task.kind.rawValue)")
    }
    guard let labels else { throw TributaryError("data.label", "the data have no labels") }
    if let index = labels.firstIndex(where: { !(0..<task.classes).contains($0) }) {
      throw TributaryError(
        "data.label",
        "record \(index + 1): label \(labels[index]) is outside the \(task.classes) classes")
    }
    return labels
  }
}

/// What is learned from: all examples of a dataset are of one kind.
public enum Examples: Sendable, Equatable {
  case images(ImageExamples)
  case text(TextExamples)
  case graph(GraphExamples)
  case audio(AudioExamples)

  public var count: Int {
    switch self {
    case .images(let images): images.count
    case .text(let text): text.texts.count
    case .graph(let graph): graph.count
    case .audio(let audio): audio.count
    }
  }

  /// The examples at `indices`, in that order.
  public func subset(_ indices: [Int]) -> Examples {
    switch self {
    case .images(let images): .images(images.subset(indices))
    case .text(let text): .text(text.subset(indices))
    case .graph(let graph): .graph(graph.subset(indices))
    case .audio(let audio): .audio(audio.subset(indices))
    }
  }
}

public struct TextExamples: Sendable {
  public let texts: [String]

  public init(texts: [String]) { self.texts = texts }

  public var count: Int { texts.count }

  public func subset(_ indices: [Int]) -> TextExamples {
    TextExamples(texts: indices.map { texts[$0] })
  }
}

extension TextExamples: Equatable {
  /// Byte by byte: a tokenizer sees the difference between composed and decomposed accents.
  public static func == (left: TextExamples, right: TextExamples) -> Bool {
    left.texts.count == right.texts.count
      && zip(left.texts, right.texts).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
