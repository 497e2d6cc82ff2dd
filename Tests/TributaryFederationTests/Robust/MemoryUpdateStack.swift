import Synchronization
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Updates in memory, as they came; notes how much is read of them.
final class MemoryUpdateStack: UpdateStack {
  let clients: [ClientID]
  let tensors: [StackedTensor]
  private let updates: [ParameterTree<HostTensor>]
  private let reads = Mutex<[Int]>([])

  /// The bytes of each read so far.
  var readByteCounts: [Int] { reads.withLock { $0 } }

  init(_ arrivals: [(ClientID, ParameterTree<HostTensor>)]) {
    let sorted = arrivals.sorted { $0.0 < $1.0 }
    clients = sorted.map(\.0)
    updates = sorted.map(\.1)
    tensors =
      updates.first?.map { name, tensor in
        StackedTensor(name: name, dtype: tensor.dtype, shape: tensor.shape)
      }.values ?? []
  }

  /// One update for each row of numbers, in one tensor called `w`.
  convenience init(_ rows: [[Float]]) {
    self.init(
      rows.enumerated().map { index, row in
        (ClientID(index: index), ["w": HostTensor(row, shape: [row.count])])
      })
  }

  func read(
    _ elements: Range<Int>, ofTensor tensor: Int, ofClient client: Int,
    into target: UnsafeMutableRawBufferPointer
  ) throws {
    reads.withLock { $0.append(target.count) }
    let source = updates[client].values[tensor]
    let size = source.dtype.byteCount
    let bytes = source.bytes[(elements.lowerBound * size)..<(elements.upperBound * size)]
    bytes.withUnsafeBytes { target.copyMemory(from: $0) }
  }
}

/// What the rule `kind` makes of one row of numbers for each client.
func aggregate(
  _ kind: String, _ options: [String: Double], _ rows: [[Float]]
) throws -> [Float] {
  let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind, options: options))
  guard let rule = strategy as? any RobustAggregation else {
    throw TributaryError("test.kind", "\(kind) needs no stack of updates")
  }
  return try rule.aggregate(MemoryUpdateStack(rows), buffers: [])["w"]?.floats() ?? []
}

/// The same with the strategy's defaults.
func aggregate(_ kind: String, _ rows: [[Float]]) throws -> [Float] {
  try aggregate(kind, [:], rows)
}
