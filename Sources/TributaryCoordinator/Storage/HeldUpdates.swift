internal import TributaryCore
internal import TributaryStorage
internal import TributaryWire

/// Updates whose round has not come, each in a file of its own: memory does not grow with the clients at work.
///
/// Nothing of it is durable, for after a restart the same tasks are done again; what a killed coordinator left goes
/// when the run is opened again.
struct HeldUpdates: Sendable {
  private struct Held {
    /// Without its delta, whose tensors lie in the file one after the other.
    var update: ClientUpdate
    var tensors: [(name: String, dtype: DType, shape: Shape)]
    var file: ScratchFile
  }

  private let layout: DirectoryLayout
  private var held: [ClientID: Held] = [:]

  init(layout: DirectoryLayout) { self.layout = layout }

  /// - Throws: `file.write`, `file.full`.
  mutating func hold(_ update: ClientUpdate) throws {
    let file = try ScratchFile(path: "\(layout.spool)/\(update.client.name).held")
    var offset = 0
    for tensor in update.delta.values {
      try file.write(tensor.bytes, at: offset)
      offset += tensor.bytes.count
    }
    var rest = update
    rest.delta = [:]
    held[update.client] = Held(
      update: rest, tensors: update.delta.map { ($0, $1.dtype, $1.shape) }.values, file: file)
  }

  mutating func removeAll() { held = [:] }

  /// The client's update, which is held no longer; nil where there is none.
  /// - Throws: `file.open` where it cannot be read.
  mutating func take(_ client: ClientID) throws -> ClientUpdate? {
    guard let held = held.removeValue(forKey: client) else { return nil }
    var update = held.update
    var offset = 0
    update.delta = ParameterTree(
      try held.tensors.map { name, dtype, shape in
        let count = shape.elementCount * dtype.byteCount
        let bytes = try Bytes(count: count) { try held.file.read(at: offset, into: $0) }
        offset += count
        return (name, try HostTensor(dtype: dtype, shape: shape, bytes: bytes))
      })
    return update
  }
}
