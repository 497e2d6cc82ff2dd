public import TributaryCore

/// The gradients of `output` with respect to `inputs`, which must carry history (`variable()`, or
/// results computed from variables); zeros where `output` does not depend on one.
///
/// `seed` is the gradient of `output` itself: ones by default, which for a scalar is what one means.
/// With `createGraph` the results can be differentiated again. The graph stays whole: ask again at will,
/// but from one thread at a time.
public func gradient(
  of output: Tensor, at inputs: [Tensor], seed: Tensor? = nil, createGraph: Bool = false
) -> [Tensor] {
  let targets = inputs.map { input in
    guard let node = input.node else {
      refuse("gradient: an input has no history; make it with variable()")
    }
    return node
  }
  let found = backpropagate(
    output, seed: seed, to: targets, createGraph: createGraph, consume: false)
  return zip(found, inputs).map { $0 ?? Tensor.zeros($1.shape) }
}

/// The value of `loss` at `parameters` and its gradient, a tree of the same names.
///
/// The loss must be a scalar. Frozen tensors do not belong into `parameters`: what the closure captures
/// costs nothing. With `createGraph` false the graph is freed while it is walked, and tensors that the
/// closure leaked have no history any more; with it true, value and gradient keep theirs, also to
/// whatever `parameters` were computed from, and can be differentiated again.
public func valueAndGradient(
  of loss: (ParameterTree<Tensor>) throws -> Tensor, at parameters: ParameterTree<Tensor>,
  createGraph: Bool = false
) rethrows -> (value: Tensor, gradient: ParameterTree<Tensor>) {
  let variables = parameters.mapValues { createGraph && $0.node != nil ? $0 : $0.variable() }
  let value = try withRecording(true) { try loss(variables) }
  require(value.count == 1, "valueAndGradient: the loss has shape \(value.shape)")
  let targets = variables.values.compactMap(\.node)
  var found = backpropagate(
    value, seed: nil, to: targets, createGraph: createGraph, consume: !createGraph)[...]
  let gradient = variables.mapValues { variable in
    (variable.node == nil ? nil : found.removeFirst()) ?? Tensor.zeros(variable.shape)
  }
  return (createGraph ? value : value.detached, gradient)
}

/// The value of `loss` at `parameters` and its gradient, whose products stay in factors where that is
/// smaller: for one step of gradient descent. The graph is freed while it is walked.
public func valueAndFactoredGradient(
  of loss: (ParameterTree<Tensor>) throws -> Tensor, at parameters: ParameterTree<Tensor>
) rethrows -> (value: Tensor, gradient: ParameterTree<FactoredGradient>) {
  let variables = parameters.mapValues { $0.variable() }
  let value = try withRecording(true) { try loss(variables) }
  require(value.count == 1, "valueAndFactoredGradient: the loss has shape \(value.shape)")
  let targets = variables.values.compactMap(\.node)
  let factors = FactorCollection(of: targets)
  var found = backpropagate(
    value, seed: nil, to: targets, createGraph: false, consume: true, factors: factors)[...]
  let gradient = variables.mapValues { variable in
    FactoredGradient(
      shape: variable.shape, sum: variable.node == nil ? nil : found.removeFirst(),
      factors: variable.node.map { factors[$0] } ?? [],
      rows: variable.node.map { factors.rows(of: $0) } ?? [])
  }
  return (value.detached, gradient)
}

func backpropagate(
  _ output: Tensor, seed: Tensor?, to targets: [Node], createGraph: Bool, consume: Bool,
  factors: FactorCollection? = nil
) -> [Tensor?] {
  guard let root = output.node, !targets.isEmpty else { return targets.map { _ in nil } }
  if let seed {
    require(
      seed.shape == output.shape, "gradient: seed \(seed.shape) for output \(output.shape)")
  }
  return withRecording(createGraph) {
    Backpropagation.run(
      from: root, seed: seed ?? .seed(output.shape), to: targets, consume: consume,
      factors: factors)
  }
}

extension Tensor {
  /// Ones: the gradient of an output itself.
  fileprivate static func seed(_ shape: Shape) -> Tensor {
    let ones = Tensor(uninitialized: shape)
    let (target, count) = (ones.data, shape.elementCount)
    kernel(target) { target.update(repeating: 1, count: count) }
    return ones
  }
}
