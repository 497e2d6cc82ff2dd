internal import TributaryCore
internal import TributaryPlan

/// What a file says, before labels are selected and checked.
struct RawDataset {
  var examples: Examples
  var labels: [Int]?
  var classNames: [String]?
  /// Whose each record is, where that was asked for.
  var naturalIDs: [String]?
  /// Where a record stands, for errors: `train.tsv:12`.
  var place: (Int) -> String

  /// The records at `rows`, in that order.
  func subset(_ rows: [Int]) -> RawDataset {
    RawDataset(
      examples: examples.subset(rows), labels: labels.map { all in rows.map { all[$0] } },
      classNames: classNames, naturalIDs: naturalIDs.map { all in rows.map { all[$0] } },
      place: { [place] in place(rows.indices.contains($0) ? rows[$0] : $0) })
  }
}

/// Which records are kept, and what their labels become.
struct LabelSelection {
  /// `data.labels`
  var labels: [Int]?
  var task: TaskPlan?
  var limit: Int?

  struct Result {
    /// nil: all records, in their order.
    var indices: [Int]?
    var labels: [Int]?
  }

  /// Keeps the selected labels, renumbered, then the first `limit` records.
  ///
  /// - Throws: `data.label` for a label that is no class of the task, `data.empty` for nothing.
  func select(_ given: [Int]?, count: Int, place: (Int) -> String) throws -> Result {
    guard count > 0 else { throw TributaryError("data.empty", "no examples in \(place(0))") }
    guard let given else {
      let isShortened = limit.map { $0 < count } ?? false
      return Result(indices: isShortened ? Array(0..<(limit ?? count)) : nil, labels: nil)
    }
    let numbers = try labels.map { kept in
      try Dictionary(kept.enumerated().map { ($0.element, $0.offset) }) { first, _ in
        throw TributaryError("data.label", "data.labels has \(kept[first]) twice")
      }
    }
    var indices: [Int] = []
    var result: [Int] = []
    for (index, label) in given.enumerated() {
      if result.count == limit ?? .max { break }
      if let numbers {
        guard let number = numbers[label] else { continue }
        indices.append(index)
        result.append(number)
      } else {
        try check(label, at: index, place)
        indices.append(index)
        result.append(label)
      }
    }
    guard !result.isEmpty else {
      throw TributaryError(
        "data.empty", "\(place(0)) and on: no example has a label of data.labels")
    }
    return Result(indices: indices.count == count ? nil : indices, labels: result)
  }

  /// The names of the classes that are left: the task's own, or the file's.
  func names(_ given: [String]?) -> [String]? {
    if let names = task?.classNames { return names }
    guard let given else { return nil }
    let names: [String]
    if let labels {
      guard labels.allSatisfy(given.indices.contains) else { return nil }
      names = labels.map { given[$0] }
    } else {
      names = given
    }
    return task.map { $0.classes == names.count } ?? true ? names : nil
  }

  private func check(_ label: Int, at index: Int, _ place: (Int) -> String) throws {
    // Without a task, what a model can have: a label must not overflow on its way there.
    let classes = task?.classes ?? 1 << 24
    guard label < 0 || label >= classes else { return }
    let range = "the \(classes) classes (0 to \(classes - 1))"
    throw TributaryError(
      "data.label", "\(place(index)): label \(label) is outside \(range)",
      advice: "correct task.classes, or choose labels with data.labels")
  }
}
