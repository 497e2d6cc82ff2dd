internal import TributaryCore

/// Turns the gradient of an operation's output into gradients of its inputs, in order; nil for an input
/// that needs none. Written with differentiable operators, so what it does can be recorded in turn.
typealias VectorJacobianProduct = (_ gradient: Tensor, _ call: BackwardCall) -> [Tensor?]

/// What a vector-Jacobian product may ask about.
struct BackwardCall {
  let node: Node
  let needs: [Bool]
  /// Where products may stay in factors; nil where the walk multiplies them out.
  let factors: FactorCollection?

  /// `output` (saved without history, lest node and tensor own each other) with its history again.
  func attached(_ output: Tensor) -> Tensor {
    guard ThreadContext.current.isRecording else { return output }
    var copy = output
    copy.node = node
    return copy
  }
}

/// One recorded operation, or a leaf. A graph belongs to the thread that recorded it.
final class Node: @unchecked Sendable {
  // Safety of @unchecked: a tensor may move to another thread with its graph, but only one thread
  // walks a graph at a time (documented at `gradient`). So checks of overlapping access, a hundred in a
  // small model's step, find nothing.
  @exclusivity(unchecked) private(set) var parents: [Node?]
  @exclusivity(unchecked) private(set) var product: VectorJacobianProduct?
  /// Longest way to a leaf: an order in which every operation comes after its inputs.
  let depth: Int
  /// The latest walk that came here, and its position there.
  @exclusivity(unchecked) var walk = 0
  @exclusivity(unchecked) var slot = -1

  init(parents: [Node?], product: @escaping VectorJacobianProduct) {
    self.parents = parents
    self.product = product
    var deepest = -1
    for case let parent? in parents where parent.depth > deepest { deepest = parent.depth }
    depth = deepest + 1
  }

  private init() {
    parents = []
    depth = 0
  }

  static func leaf() -> Node { Node() }

  /// Lets go of the inputs and of what was saved, once nobody will walk here again.
  func consume() {
    parents = []
    product = nil
  }

  // A chain of nodes must not be freed recursively: a long graph would overflow the stack.
  deinit {
    guard product != nil else { return }
    let context = ThreadContext.current
    context.graveyard.append(NodeRemains(parents: parents, product: product))
    parents = []
    product = nil
    guard !context.isBurying else { return }
    context.isBurying = true
    while let remains = context.graveyard.popLast() { withExtendedLifetime(remains) {} }
    context.isBurying = false
  }
}

struct NodeRemains {
  let parents: [Node?]
  let product: VectorJacobianProduct?
}

/// Whether the result of an operation on `inputs` will have a history: what its gradient needs is then kept.
func isTracked(_ inputs: Tensor...) -> Bool {
  inputs.contains { $0.node != nil } && ThreadContext.current.isRecording
}

extension Tensor {
  /// This result with its history, if anybody may ask for it.
  func recorded(_ inputs: Tensor..., product: @escaping VectorJacobianProduct) -> Tensor {
    recorded(inputs, product: product)
  }

  func recorded(_ inputs: [Tensor], product: @escaping VectorJacobianProduct) -> Tensor {
    guard inputs.contains(where: { $0.node != nil }), ThreadContext.current.isRecording else {
      return detached
    }
    var result = self
    result.node = Node(parents: inputs.map(\.node), product: product)
    return result
  }
}
