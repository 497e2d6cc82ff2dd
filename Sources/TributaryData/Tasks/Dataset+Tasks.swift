internal import TributaryCore
internal import TributaryPlan

extension Dataset {
  /// The examples with one of `labels`, the first `limit` of them.
  ///
  /// - Throws: `data.empty` where there are none.
  func keeping(_ labels: [Int]?, limit: Int?, of place: String) throws -> Dataset {
    guard let labels else { return self }
    let wanted = Set(labels)
    let found = (self.labels ?? []).indices.filter { wanted.contains(self.labels?[$0] ?? -1) }
    guard !found.isEmpty else {
      throw TributaryError(
        "data.empty", "\(place) has no example of the labels \(labels)",
        advice: "check data.only or the labels of data.tasks")
    }
    return subset(Array(limit.map { found.prefix($0) } ?? found[...]))
  }

  /// The examples with their labels moved up by `offset`: those of a head behind others.
  func shifted(by offset: Int) -> Dataset {
    Dataset(
      examples: examples, labels: labels.map { $0.map { $0 + offset } }, classNames: nil,
      naturalIDs: naturalIDs)
  }

  /// The examples as one owner's.
  func owned(by name: String) -> Dataset {
    Dataset(
      examples: examples, labels: labels, classNames: classNames,
      naturalIDs: [String](repeating: name, count: count))
  }

  /// The examples of all of `parts`, one behind the other.
  ///
  /// - Throws: `data.kind` where they cannot stand beside each other.
  static func joined(_ parts: [Dataset]) throws -> Dataset {
    guard var examples = parts.first?.examples else { preconditionFailure("there is a part") }
    for part in parts.dropFirst() { examples = try examples.joined(with: part.examples) }
    let ids = parts.compactMap(\.naturalIDs)
    return Dataset(
      examples: examples, labels: parts.flatMap { $0.labels ?? [] },
      classNames: parts.first?.classNames,
      naturalIDs: ids.count == parts.count ? ids.flatMap { $0 } : nil)
  }
}

extension Examples {
  fileprivate func joined(with other: Examples) throws -> Examples {
    switch (self, other) {
    case (.text(let a), .text(let b)): return .text(TextExamples(texts: a.texts + b.texts))
    case (.images(let a), .images(let b)) where a.shape == b.shape:
      return .images(
        try ImageExamples(
          shape: a.shape,
          pixels: Bytes(copying: a.pixels.array(of: UInt8.self) + b.pixels.array(of: UInt8.self))))
    case (.audio(let a), .audio(let b)) where a.features == b.features:
      return .audio(
        AudioExamples(
          features: a.features,
          values: Bytes(copying: a.values.array(of: Float.self) + b.values.array(of: Float.self)),
          count: a.count + b.count))
    default:
      throw TributaryError(
        "data.kind", "the tasks' examples are of different kinds or sizes",
        advice: "give images one size with data.image.size")
    }
  }
}
