/// Values by tensor name, always in the same order: by the UTF-8 bytes of the name.
///
/// The name is the checkpoint key (`layer1.0.conv1.weight`) and the same everywhere: in the model,
/// the freeze plan, the delta, the wire manifest, the accumulator and the checkpoint. Names are compared
/// as bytes: two that Unicode deems equivalent are still two.
public struct ParameterTree<Value> {
  public private(set) var names: [String]
  public private(set) var values: [Value]

  public init() {
    names = []
    values = []
  }

  /// A later value of the same name replaces an earlier one.
  public init(_ pairs: some Sequence<(String, Value)>) {
    let ordered = pairs.enumerated().sorted { left, right in
      Self.isSame(left.element.0, right.element.0)
        ? left.offset < right.offset : Self.precedes(left.element.0, right.element.0)
    }
    self.init()
    for (_, (name, value)) in ordered {
      if let last = names.last, Self.isSame(last, name) {
        values[values.count - 1] = value
      } else {
        names.append(name)
        values.append(value)
      }
    }
  }

  public init(_ dictionary: [String: Value]) {
    let sorted = dictionary.sorted { Self.precedes($0.key, $1.key) }
    names = sorted.map(\.key)
    values = sorted.map(\.value)
  }

  public var count: Int { names.count }
  public var isEmpty: Bool { names.isEmpty }

  public func contains(_ name: String) -> Bool { position(of: name) != nil }

  public subscript(name: String) -> Value? {
    get { position(of: name).map { values[$0] } }
    set {
      let index = insertionPoint(for: name)
      let present = index < names.count && Self.isSame(names[index], name)
      switch (newValue, present) {
      case (let value?, true): values[index] = value
      case (let value?, false):
        names.insert(name, at: index)
        values.insert(value, at: index)
      case (nil, true):
        names.remove(at: index)
        values.remove(at: index)
      case (nil, false): break
      }
    }
  }

  public func mapValues<Result>(
    _ transform: (Value) throws -> Result
  ) rethrows -> ParameterTree<Result> {
    ParameterTree<Result>(names: names, values: try values.map(transform))
  }

  /// Changes each value where it lies, in order of name: what a value holds uniquely stays unique.
  public mutating func updateValues(_ update: (String, inout Value) throws -> Void) rethrows {
    for index in names.indices { try update(names[index], &values[index]) }
  }

  public func map<Result>(
    _ transform: (String, Value) throws -> Result
  ) rethrows -> ParameterTree<Result> {
    var results: [Result] = []
    results.reserveCapacity(count)
    for index in names.indices { results.append(try transform(names[index], values[index])) }
    return ParameterTree<Result>(names: names, values: results)
  }

  public func compactMap<Result>(
    _ transform: (String, Value) throws -> Result?
  ) rethrows -> ParameterTree<Result> {
    var kept: [(String, Result)] = []
    for (name, value) in self {
      if let result = try transform(name, value) { kept.append((name, result)) }
    }
    return ParameterTree<Result>(names: kept.map(\.0), values: kept.map(\.1))
  }

  public func filter(_ isIncluded: (String, Value) throws -> Bool) rethrows -> ParameterTree {
    let kept = try names.indices.filter { try isIncluded(names[$0], values[$0]) }
    return ParameterTree(names: kept.map { names[$0] }, values: kept.map { values[$0] })
  }

  /// This tree with `other`'s values added; where both have a name, `other`'s wins.
  public func merging(_ other: ParameterTree) -> ParameterTree {
    ParameterTree(Array(self) + Array(other))
  }

  private init(names: [String], values: [Value]) {
    self.names = names
    self.values = values
  }

  private func position(of name: String) -> Int? {
    let index = insertionPoint(for: name)
    return index < names.count && Self.isSame(names[index], name) ? index : nil
  }

  private func insertionPoint(for name: String) -> Int {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(names[middle], name) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    order(left, right) == 0
  }

  private static func precedes(_ left: String, _ right: String) -> Bool { order(left, right) < 0 }

  /// Negative, zero or positive, by the bytes. A step of training looks up every tensor: no iterators here.
  private static func order(_ left: String, _ right: String) -> Int {
    let found = left.utf8.withContiguousStorageIfAvailable { a in
      right.utf8.withContiguousStorageIfAvailable { b in order(a, b) }
    }
    if let found, let found { return found }
    if left.utf8.elementsEqual(right.utf8) { return 0 }
    return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
  }

  private static func order(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let common = Swift.min(left.count, right.count)
    for index in 0..<common where left[index] != right[index] {
      return Int(left[index]) - Int(right[index])
    }
    return left.count - right.count
  }
}

extension ParameterTree: Sequence {
  public func makeIterator() -> Zip2Sequence<[String], [Value]>.Iterator {
    zip(names, values).makeIterator()
  }
}

extension ParameterTree: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension ParameterTree: Sendable where Value: Sendable {}
extension ParameterTree: Equatable where Value: Equatable {}
