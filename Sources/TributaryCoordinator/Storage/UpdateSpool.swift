internal import TributaryCore
internal import TributaryFederation
internal import TributaryStorage

/// The open round's updates on disk, for rules that need them all: one file, an update after the other as
/// they arrive, each `rowByteCount` long.
///
/// Nothing of it is durable, for an interrupted round is done again. The file goes with the last reference;
/// what a killed coordinator left goes when the run is opened again.
struct UpdateSpool: Sendable {
  private let file: ScratchFile
  private let tensors: [StackedTensor]
  private let rowByteCount: Int
  private var rows: [ClientID: Int] = [:]

  /// - Throws: `file.write`, `file.full`.
  init(round: Int, like globals: ParameterTree<HostTensor>, layout: DirectoryLayout) throws {
    file = try ScratchFile(path: layout.spool + "/" + layout.spoolName(of: round))
    tensors =
      globals.map { name, tensor in
        StackedTensor(name: name, dtype: tensor.dtype, shape: tensor.shape)
      }.values
    rowByteCount = tensors.reduce(0) { $0 + $1.byteCount }
  }

  /// Adds one update, which has been checked: names, types and shapes are those of the globals.
  ///
  /// - Throws: `file.full`, `file.write`; the update is not in then.
  mutating func append(_ delta: ParameterTree<HostTensor>, of client: ClientID) throws {
    var offset = rows.count * rowByteCount
    for tensor in delta.values {
      try file.write(tensor.bytes, at: offset)
      offset += tensor.bytes.count
    }
    rows[client] = rows.count
  }

  /// What has been added, to be read.
  var stack: any UpdateStack {
    let sorted = rows.sorted { $0.key < $1.key }
    return Stack(
      clients: sorted.map(\.key), tensors: tensors, file: file,
      rowOffsets: sorted.map { $0.value * rowByteCount },
      tensorOffsets: tensors.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.byteCount) })
  }

  /// Removes what a killed coordinator left.
  static func removeLeftovers(_ layout: DirectoryLayout) {
    for name in DurableFile.names(in: layout.spool) {
      DurableFile.remove(layout.spool + "/" + name)
    }
  }

  private struct Stack: UpdateStack {
    let clients: [ClientID]
    let tensors: [StackedTensor]
    let file: ScratchFile
    let rowOffsets: [Int]
    let tensorOffsets: [Int]

    func read(
      _ elements: Range<Int>, ofTensor tensor: Int, ofClient client: Int,
      into target: UnsafeMutableRawBufferPointer
    ) throws {
      let start = elements.lowerBound * tensors[tensor].dtype.byteCount
      try file.read(at: rowOffsets[client] + tensorOffsets[tensor] + start, into: target)
    }
  }
}
