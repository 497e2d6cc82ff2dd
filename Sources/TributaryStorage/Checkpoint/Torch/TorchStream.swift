internal import TributaryCore

/// The form before PyTorch 1.6: five pickles (a magic number, a version, facts about the machine, the object,
/// the storages' keys), then each storage as its number of elements and its bytes, little-endian.
struct TorchStream {
  let content: TorchContent
  private var blocks: [String: Bytes] = [:]
  private let name: String

  /// 0x1950a86a20f9469cfc6c
  private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

  /// Whether a pickle begins here; of what is seen then.
  static func begins(_ bytes: Bytes) -> Bool { bytes.littleEndian(at: 0) == 0x80 as UInt8 }

  init(_ bytes: Bytes, name: String) throws {
    self.name = name
    var cursor = PickleCursor(bytes, name: name)
    func next() throws -> PickleMachine {
      var machine = PickleMachine(cursor)
      machine.stack = [try machine.run()]
      cursor.offset = machine.cursor.offset
      return machine
    }
    guard case .bytes(let magic) = try next().stack[0], magic.array(of: UInt8.self) == Self.magic
    else {
      throw TributaryError(
        "checkpoint.format", "\(name): a pickle, but none that torch.save wrote",
        advice: "load it in Python where you trust it, and save its tensors as safetensors")
    }
    guard try next().stack[0].integer == 1001 else { throw cursor.error("not version 1001") }
    _ = try next()
    let object = try next()
    content = TorchContent(root: object.stack[0], graph: object.graph)
    let keys = try next()
    guard let list = keys.graph.list(keys.stack[0]) else { throw cursor.error("no list of keys") }
    try readBlocks(list, &cursor)
  }

  private mutating func readBlocks(_ keys: [PickleValue], _ cursor: inout PickleCursor) throws {
    var storages: [String: TorchStorage] = [:]
    for object in content.graph.objects {
      guard case .storage(let storage) = object.kind else { continue }
      let known = storages.updateValue(storage, forKey: storage.key)
      if let known, known.dtype != storage.dtype || known.count != storage.count {
        throw error("storage \(storage.key.prefix(80)) is described in two ways")
      }
    }
    for value in keys {
      guard let key = value.text ?? value.integer.map({ String($0) }),
        let storage = storages[key], blocks[key] == nil
      else { throw error("its list of storages is not that of its tensors") }
      let count: Int64 = try cursor.integer()
      guard count == storage.count else {
        throw error("storage \(key.prefix(80)) has \(count) elements, not \(storage.count)")
      }
      blocks[key] = try cursor.take(storage.count * storage.dtype.byteCount)
    }
    guard cursor.offset == cursor.bytes.count else {
      throw TributaryError(
        "checkpoint.oversized",
        "\(name): \(cursor.bytes.count - cursor.offset) bytes follow the last storage",
        advice: "fetch or copy the file again")
    }
  }

  func block(of storage: TorchStorage) throws -> Bytes {
    guard let block = blocks[storage.key] else {
      throw error("storage \(storage.key.prefix(80)) is not there")
    }
    return block
  }

  private func error(_ what: String) -> TributaryError {
    TributaryError(
      "checkpoint.storage", "\(name): \(what)", advice: "fetch or copy the file again")
  }
}
