extension PlanValue where Value == PlanClasses {
  static let classes = PlanValue("whole number >= 2, or list of names", show: { _ in nil }) {
    node, _ in
    let expected = "a number of classes or a list of their names"
    guard case .sequence = node.content else {
      let count = try node.wholeNumber(expected)
      try PlanBounds.range(2, 1_000_000).check(Double(count), as: "\(count)")
      return PlanClasses(count: count, names: nil)
    }
    let names = try node.list(expected) { try $0.text("a class name") }
    guard names.count >= 2 else { throw PlanMismatch("needs at least 2 names, has \(names.count)") }
    guard !names.contains("") else { throw PlanMismatch("has an empty name") }
    if let name = names.firstRepeated { throw PlanMismatch("names \"\(name.prefix(60))\" twice") }
    return PlanClasses(count: names.count, names: names)
  }
}

extension PlanValue where Value == [Int] {
  /// Labels to keep.
  static let labels = PlanValue("list of labels", show: { _ in nil }) { node, _ in
    let labels = try node.list("a list of labels") {
      try $0.wholeNumber("a label (a whole number)")
    }
    guard labels.count >= 2 else {
      throw PlanMismatch("needs at least 2 labels, has \(labels.count)")
    }
    if let label = labels.first(where: { $0 < 0 }) {
      throw PlanMismatch("a label cannot be negative, is \(label)")
    }
    if let label = labels.firstRepeated { throw PlanMismatch("has \(label) twice") }
    return labels
  }

  /// Height and width, or one number for both.
  static let imageSize = PlanValue("pixels, or [height, width]", show: { "\($0)" }) { node, _ in
    let expected = "a number of pixels or [height, width]"
    var size: [Int]
    if case .sequence = node.content {
      size = try node.list(expected) { try $0.wholeNumber() }
    } else {
      let side = try node.wholeNumber(expected)
      size = [side, side]
    }
    guard size.count == 2 else { throw node.mismatch(expected) }
    for side in size { try PlanBounds.range(1, 8192).check(Double(side), as: "\(side)") }
    return size
  }

  /// Columns of a table, from 1.
  static let columns = PlanValue("list of columns", show: { _ in nil }) { node, _ in
    let columns = try node.list("a list of columns (from 1)") { try $0.wholeNumber() }
    guard !columns.isEmpty else { throw PlanMismatch("is empty") }
    for column in columns { try PlanBounds.range(1, 10_000).check(Double(column), as: "\(column)") }
    if let column = columns.firstRepeated { throw PlanMismatch("has \(column) twice") }
    return columns
  }
}

extension PlanValue where Value == [Float] {
  /// One number a channel.
  static func channels(_ bounds: PlanBounds) -> PlanValue {
    PlanValue("list of numbers \(bounds), one a channel", show: { _ in nil }) { node, _ in
      let numbers = try node.list("a list of numbers, one a channel") { try $0.number() }
      guard (1...64).contains(numbers.count) else {
        throw PlanMismatch("needs one number a channel, has \(numbers.count)")
      }
      for number in numbers { try bounds.check(number, as: "\(number)") }
      return numbers.map { Float($0) }
    }
  }
}

extension PlanValue where Value == [String] {
  static let patterns = PlanValue("list of patterns", show: { "\($0)" }) { node, _ in
    let patterns = try node.list("a list of patterns") { try $0.text("a pattern") }
    guard !patterns.contains("") else { throw PlanMismatch("has an empty pattern") }
    return patterns
  }
}

extension Sequence where Element: Hashable {
  fileprivate var firstRepeated: Element? {
    var seen: Set<Element> = []
    return first { !seen.insert($0).inserted }
  }
}
