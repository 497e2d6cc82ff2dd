internal import TributaryCore
internal import TributaryFederation

extension RoundInProgress {
  /// Takes one update: into the exact sum, or onto disk where the strategy's rule needs all updates at once.
  ///
  /// - Throws: `update.*` for what is wrong with the update, `file.*` for what is wrong here.
  mutating func add(
    _ delta: ParameterTree<HostTensor>, of client: ClientID, weight: Int
  ) throws {
    guard spool != nil else { return try accumulator.fold(delta, weight: weight) }
    try accumulator.check(delta, weight: weight)
    try spool?.append(delta, of: client)
  }

  /// The exact mean of the updates, or what the strategy's rule makes of them.
  func aggregate(
    by strategy: any Strategy, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    guard let spool, let rule = strategy as? any RobustAggregation else {
      return try accumulator.mean()
    }
    return try rule.aggregate(spool.stack, buffers: buffers)
  }
}
