internal import TributaryCore

extension PickleMachine {
  mutating func number(_ opcode: PickleOpcode) throws -> PickleValue {
    switch opcode {
    case .newTrue: return .bool(true)
    case .newFalse: return .bool(false)
    case .binaryInteger: return .integer(Int(try cursor.integer(Int32.self)))
    case .binaryInteger1: return .integer(Int(try cursor.integer(UInt8.self)))
    case .binaryInteger2: return .integer(Int(try cursor.integer(UInt16.self)))
    case .long1: return long(try cursor.take(cursor.integer(UInt8.self)))
    case .long4: return long(try cursor.take(cursor.integer(Int32.self)))
    case .binaryFloat:
      return .number(Double(bitPattern: UInt64(bigEndian: try cursor.integer(UInt64.self))))
    default: return .none
    }
  }

  /// A two's complement number, least byte first.
  private func long(_ bytes: Bytes) -> PickleValue {
    guard bytes.count <= 8 else { return .bytes(bytes) }
    let digits = bytes.array(of: UInt8.self)
    let sign: UInt64 = (digits.last ?? 0) & 0x80 == 0 ? 0 : .max
    let value = digits.reversed().reduce(sign) { $0 << 8 | UInt64($1) }
    return .integer(Int(truncatingIfNeeded: value))
  }

  mutating func text(_ opcode: PickleOpcode) throws -> PickleValue {
    switch opcode {
    case .binaryUnicode: .text(try cursor.text(cursor.integer(UInt32.self)))
    case .shortBinaryUnicode, .shortBinaryString:
      .text(try cursor.text(cursor.integer(UInt8.self)))
    case .binaryUnicode8: .text(try cursor.text(cursor.integer(UInt64.self)))
    case .binaryString: .text(try cursor.text(cursor.integer(Int32.self)))
    case .binaryBytes: .bytes(try cursor.take(cursor.integer(UInt32.self)))
    case .shortBinaryBytes: .bytes(try cursor.take(cursor.integer(UInt8.self)))
    default: .bytes(try cursor.take(cursor.integer(UInt64.self)))
    }
  }

  mutating func container(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .emptyList, .emptySet: stack.append(graph.add(.list))
    case .emptyTuple: stack.append(graph.add(.tuple))
    case .emptyDictionary: stack.append(graph.add(.dictionary))
    case .tuple: stack.append(graph.add(.tuple, try popToMark()))
    case .tuple1: try tuple(1)
    case .tuple2: try tuple(2)
    case .tuple3: try tuple(3)
    case .frozenSet: stack.append(graph.add(.list, try popToMark()))
    case .append: try extend([try pop()])
    case .appends, .addItems: try extend(try popToMark())
    case .setItem:
      let (value, key) = (try pop(), try pop())
      try insert([key, value])
    default: try insert(try popToMark())
    }
  }

  private mutating func tuple(_ count: Int) throws {
    var items: [PickleValue] = []
    for _ in 0..<count { items.append(try pop()) }
    stack.append(graph.add(.tuple, items.reversed()))
  }

  private mutating func extend(_ items: [PickleValue]) throws {
    guard case .object(let place) = try top, case .list = graph.objects[place].kind else {
      throw cursor.error("items for something else than a list")
    }
    graph.objects[place].items += items
  }

  private mutating func insert(_ items: [PickleValue]) throws {
    guard case .object(let place) = try top, case .dictionary = graph.objects[place].kind else {
      throw cursor.error("items for something else than a dictionary")
    }
    guard items.count.isMultiple(of: 2) else { throw cursor.error("a key without a value") }
    graph.objects[place].items += items
  }
}
