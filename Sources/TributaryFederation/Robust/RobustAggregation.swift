public import TributaryCore

/// A strategy whose rule needs all of a round's updates at once: the coordinator keeps them on disk until
/// the round closes, and the rule reads them block by block.
///
/// The rule is about trained parameters. Buffers (running statistics) and integer counters become the
/// median of the clients' values, element by element, whatever the rule: a client that is chosen for its
/// parameters cannot bring its own statistics in. Every client counts the same, because a number of
/// examples is only what a client says of itself.
///
/// The aggregate depends on the updates and on whose they are, never on the order of arrival or on the
/// size of blocks: rows are in the order of names, sums in float64 in a fixed order.
public protocol RobustAggregation: Strategy {
  /// The step along the aggregate.
  var serverLearningRate: Double { get }
  /// With fewer updates than this the rule promises nothing, and a round is not closed. Default: 1.
  var minimumUpdates: Int { get }

  /// Looks at the updates as a whole (distances, weights) and says what becomes of each element.
  func elementRule(for updates: UpdateBlocks) throws -> any ElementRule
}

extension RobustAggregation {
  public var minimumUpdates: Int { 1 }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    ServerStepOutput(
      globals: try ServerStep.moved(input, by: serverLearningRate), state: input.state)
  }

  /// What takes the mean's place in the server step.
  ///
  /// - Parameters:
  ///   - stack: updates that `ExactAccumulator.check` has accepted.
  ///   - byteLimit: how large a block may be; changes no bit of the result.
  /// - Throws: `strategy.clients` for fewer than `minimumUpdates`; what reading the stack throws.
  public func aggregate(
    _ stack: any UpdateStack, buffers: Set<String>, byteLimit: Int = UpdateBlocks.byteLimit
  ) throws -> ParameterTree<HostTensor> {
    guard stack.clients.count >= max(1, minimumUpdates) else {
      throw TributaryError(
        "strategy.clients",
        "\(Self.kind) needs \(max(1, minimumUpdates)) updates, but there are \(stack.clients.count)",
        advice: "ask more clients a round, or assume fewer attackers")
    }
    let updates = UpdateBlocks(stack, buffers: buffers, byteLimit: byteLimit)
    let rule = try elementRule(for: updates)
    let trained = Set(updates.trained)
    return ParameterTree(
      try stack.tensors.enumerated().map { index, tensor in
        let values = try Self.bytes(
          updates, index, by: trained.contains(index) ? rule : ElementMedian())
        return (
          tensor.name, try HostTensor(dtype: tensor.dtype, shape: tensor.shape, bytes: values)
        )
      })
  }

  private static func bytes(
    _ updates: UpdateBlocks, _ tensor: Int, by rule: any ElementRule
  ) throws -> Bytes {
    switch updates.stack.tensors[tensor].dtype {
    case .float32: Bytes(copying: try updates.combined(tensor, by: rule))
    case .int64: Bytes(copying: try updates.medians(tensor, as: Int64.self))
    default: Bytes(copying: try updates.medians(tensor, as: Int32.self))
    }
  }
}
