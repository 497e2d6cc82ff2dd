internal import TributaryCore
internal import TributaryFederation

extension RoundInProgress {
  /// Takes one update: into the exact sum, or onto disk where the strategy's rule needs all updates at once.
  ///
  /// - Throws: `update.*` for what is wrong with the update, `file.*` for what is wrong here.
  mutating func add(
    _ delta: ParameterTree<HostTensor>, of client: ClientID, weight: Int
  ) throws {
    try accumulator.check(delta, weight: weight)
    if spool != nil {
      try spool?.append(delta, of: client)
      guard sumsSpooled else { return }
    }
    waiting.append((delta, weight))
    let bytes = waiting.reduce(0) { sum, update in
      update.delta.values.reduce(sum) { $0 + $1.bytes.count }
    }
    if waiting.count == Self.mostWaiting || bytes >= Self.mostWaitingBytes { foldWaiting() }
  }

  /// So many updates are summed in one pass over the sums, where they are small.
  private static let mostWaiting = 8
  private static let mostWaitingBytes = 64 << 20

  private mutating func foldWaiting() {
    accumulator.foldChecked(waiting)
    waiting = []
  }

  /// The exact mean of the updates, or what the strategy's rule makes of them.
  mutating func aggregate(
    by strategy: any Strategy, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    guard let spool, let rule = strategy as? any RobustAggregation else {
      foldWaiting()
      return try accumulator.mean()
    }
    return try rule.aggregate(spool.stack, buffers: buffers)
  }
}
