internal import TributaryCore

extension PickleGraph {
  /// What a call of one of `TorchGlobal`'s names makes.
  mutating func call(
    _ callee: PickleValue, _ arguments: PickleValue, cursor: PickleCursor
  ) throws -> PickleValue {
    guard let global = global(callee), let arguments = tuple(arguments) else {
      throw cursor.error("a call of something that is no known name")
    }
    switch global {
    case .orderedDictionary: return try orderedDictionary(arguments, cursor: cursor)
    case .size:
      guard let size = arguments.first, arguments.count == 1, tuple(size) != nil else { break }
      return size
    case .set:
      guard let items = arguments.first, arguments.count == 1, list(items) != nil else { break }
      return items
    case .device: return add(.ignored)
    case .tensor, .typedTensor:
      let tensor = try tensor(arguments, isTyped: global == .typedTensor, cursor: cursor)
      return add(.tensor(tensor))
    case .parameter:
      guard let data = arguments.first, tensor(data) != nil else { break }
      return data
    case .storage, .dtype: break
    }
    throw cursor.error("a call with arguments that do not fit")
  }

  /// The storage that a persistent id names: `("storage", type, key, location, count[, view])`.
  mutating func storage(
    persistentID id: PickleValue, cursor: PickleCursor
  ) throws -> PickleValue {
    guard let parts = tuple(id), (5...6).contains(parts.count), parts[0].text == "storage",
      case .storage(let dtype)? = global(parts[1]),
      let key = parts[2].text ?? parts[2].integer.map({ String($0) }),
      let count = parts[4].integer, count >= 0,
      !count.multipliedReportingOverflow(by: dtype.byteCount).overflow
    else { throw cursor.error("a persistent id that is no storage is refused") }
    var storage = TorchStorage(key: key, dtype: dtype, count: count, elements: 0..<count)
    if parts.count == 6, let view = tuple(parts[5]) {
      guard view.count == 3, let start = view[1].integer, let size = view[2].integer, start >= 0,
        size >= 0, start <= count, size <= count - start
      else { throw cursor.error("a view outside its storage") }
      storage.elements = start..<(start + size)
    }
    return add(.storage(storage))
  }

  private mutating func orderedDictionary(
    _ arguments: [PickleValue], cursor: PickleCursor
  ) throws -> PickleValue {
    guard let pairs = arguments.first else { return add(.dictionary) }
    let items = list(pairs)?.map { (list($0) ?? tuple($0) ?? []).prefix(3) }
    guard arguments.count == 1, let items, items.allSatisfy({ $0.count == 2 }) else {
      throw cursor.error("an OrderedDict of something else than pairs")
    }
    // The one call that copies: a short pickle could have a long list copied again and again.
    copiedItems += items.count
    guard copiedItems <= PickleMachine.maximumSteps else {
      throw cursor.error("more than \(PickleMachine.maximumSteps) items")
    }
    return add(.dictionary, items.flatMap(\.self))
  }

  private func tensor(
    _ arguments: [PickleValue], isTyped: Bool, cursor: PickleCursor
  ) throws -> TorchTensor {
    guard arguments.count >= (isTyped ? 7 : 4),
      case .storage(let storage)? = self[arguments[0]]?.kind, let offset = arguments[1].integer,
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw cursor.error("a tensor without storage, offset, size and stride") }
    var dtype = storage.dtype
    if isTyped {
      guard case .dtype(let named)? = global(arguments[6]) else {
        throw cursor.error("a tensor without a type")
      }
      dtype = named
    }
    let tensor = TorchTensor(
      storage: storage, dtype: dtype, offset: offset, shape: shape, strides: strides)
    if let problem = tensor.problem { throw cursor.error(problem) }
    return tensor
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let items = tuple(value) ?? list(value), items.count <= 16 else { return nil }
    let integers = items.compactMap(\.integer)
    return integers.count == items.count ? integers : nil
  }
}
