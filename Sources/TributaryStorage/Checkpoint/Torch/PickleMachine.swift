internal import TributaryCore

/// Carries out a pickle's instructions, as far as they build containers and tensors. Nothing is ever run.
///
/// Memory is bounded by the pickle's own length: no instruction makes more than a few words, and their
/// number is limited. Names other than those of `TorchGlobal` are refused where they are named.
struct PickleMachine {
  /// Enough for a state dictionary of 80,000 tensors.
  static let maximumSteps = 4_000_000

  var cursor: PickleCursor
  var graph = PickleGraph()
  var stack: [PickleValue] = []
  /// Heights of the stack at which a MARK lies.
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]

  init(_ cursor: PickleCursor) { self.cursor = cursor }

  /// The pickle's value; the cursor stands behind it then.
  ///
  /// - Throws: `checkpoint.pickle`, `checkpoint.truncated`.
  mutating func run() throws -> PickleValue {
    for _ in 0..<Self.maximumSteps {
      let code: UInt8 = try cursor.integer()
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw cursor.error("instruction 0x\(String(code, radix: 16)) is refused")
      }
      if opcode == .stop {
        guard stack.count == 1, marks.isEmpty else { throw cursor.error("no single value") }
        return stack[0]
      }
      try execute(opcode)
    }
    throw cursor.error("more than \(Self.maximumSteps) instructions")
  }

  private mutating func execute(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .proto:
      let version: UInt8 = try cursor.integer()
      guard (2...5).contains(version) else { throw cursor.error("pickle protocol \(version)") }
    case .frame: let _: UInt64 = try cursor.integer()
    case .stop: break
    case .mark: marks.append(stack.count)
    case .pop: try popOrUnmark()
    case .popMark: _ = try popToMark()
    case .duplicate: stack.append(try top)
    case .none, .newTrue, .newFalse, .binaryInteger, .binaryInteger1, .binaryInteger2, .long1,
      .long4, .binaryFloat:
      stack.append(try number(opcode))
    case .binaryUnicode, .shortBinaryUnicode, .binaryUnicode8, .binaryString, .shortBinaryString,
      .binaryBytes, .shortBinaryBytes, .binaryBytes8, .byteArray8:
      stack.append(try text(opcode))
    case .emptyList, .append, .appends, .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3,
      .emptyDictionary, .setItem, .setItems, .emptySet, .addItems, .frozenSet:
      try container(opcode)
    case .binaryPut: memo[Int(try cursor.integer(UInt8.self))] = try top
    case .longBinaryPut: memo[Int(try cursor.integer(UInt32.self))] = try top
    case .memoize: memo[memo.count] = try top
    case .binaryGet: try recall(Int(cursor.integer(UInt8.self)))
    case .longBinaryGet: try recall(Int(cursor.integer(UInt32.self)))
    case .global: try pushGlobal(cursor.line(), cursor.line())
    case .stackGlobal:
      let (name, module) = (try pop(), try pop())
      guard let name = name.text, let module = module.text else {
        throw cursor.error("a global without a name")
      }
      try pushGlobal(module, name)
    case .persistentID: stack.append(try graph.storage(persistentID: pop(), cursor: cursor))
    case .reduce, .newObject:
      let (arguments, callee) = (try pop(), try pop())
      stack.append(try graph.call(callee, arguments, cursor: cursor))
    case .build: try build()
    }
  }

  /// BUILD sets attributes; only an ordered dictionary may have some, and they are dropped.
  private mutating func build() throws {
    _ = try pop()
    guard graph.dictionary(try top) != nil else {
      throw cursor.error("BUILD on something else than a dictionary is refused")
    }
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw cursor.error("memo \(index) is not there") }
    stack.append(value)
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws {
    guard let global = TorchGlobal("\(module).\(name)") else {
      throw cursor.error("\(module.prefix(80)).\(name.prefix(80)) is refused")
    }
    stack.append(graph.add(.global(global)))
  }

  var top: PickleValue {
    get throws {
      guard let last = stack.last, stack.count > marks.last ?? 0 else {
        throw cursor.error("nothing on the stack")
      }
      return last
    }
  }

  mutating func pop() throws -> PickleValue {
    let value = try top
    stack.removeLast()
    return value
  }

  private mutating func popOrUnmark() throws {
    if let mark = marks.last, mark == stack.count {
      marks.removeLast()
    } else {
      _ = try pop()
    }
  }

  mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw cursor.error("no mark") }
    let items = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return items
  }
}
