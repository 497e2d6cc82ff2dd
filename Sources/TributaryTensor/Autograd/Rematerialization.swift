extension Tensor {
  /// This tensor, which is `body` of `inputs` computed without a history, with one: its gradients come from
  /// computing `body` again on the way back, and nothing else is kept until then (activation
  /// checkpointing, Chen et al. 2016).
  ///
  /// - Parameters:
  ///   - inputs: whatever `body` depends on and may need a gradient; `body` is handed them in this order.
  ///   - body: a pure function: the same inputs, the same result.
  public func rematerialized(
    from inputs: [Tensor], by body: @escaping ([Tensor]) throws -> Tensor
  ) -> Tensor {
    recorded(inputs) { gradient, call in
      do {
        return try rematerializedGradients(inputs, call.needs, seed: gradient, body)
      } catch {
        refuse("computed again, a part of the model threw what it did not throw before: \(error)")
      }
    }
  }
}

private func rematerializedGradients(
  _ inputs: [Tensor], _ needs: [Bool], seed: Tensor, _ body: ([Tensor]) throws -> Tensor
) throws -> [Tensor?] {
  guard !isRecording else {
    return try differentiated(inputs, seed: seed, composite: body)
  }
  let variables = zip(inputs, needs).map { $1 ? $0.variable() : $0.detached }
  let output = try withRecording(true) { try body(variables) }
  var found = backpropagate(
    output, seed: seed, to: variables.compactMap(\.node), createGraph: false, consume: true)[...]
  return variables.map { $0.node == nil ? nil : found.removeFirst() }
}
