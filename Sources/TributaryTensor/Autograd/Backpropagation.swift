internal import CTributaryKernels
internal import TributaryCore

/// One walk from an output back to some inputs (reverse-mode differentiation).
struct Backpropagation {
  private var nodes: [Node] = []
  private var gradients: [Tensor?] = []

  /// The gradients of `root` with respect to `inputs`, given its own; nil where it does not depend.
  static func run(
    from root: Node, seed: Tensor, to inputs: [Node], consume: Bool
  ) -> [Tensor?] {
    var walk = Backpropagation()
    walk.collect(from: root, floor: inputs.map(\.depth).min() ?? 0)
    defer { for node in walk.nodes { node.slot = -1 } }
    let needed = walk.needed(for: inputs)
    walk.gradients = [Tensor?](repeating: nil, count: walk.nodes.count)
    let start = root.slot
    guard needed[start] else { return inputs.map { _ in nil } }
    walk.gradients[start] = seed
    var isInput = [Bool](repeating: false, count: walk.nodes.count)
    for input in inputs where input.slot >= 0 { isInput[input.slot] = true }
    for slot in walk.nodes.indices.reversed() where needed[slot] {
      walk.visit(slot, keeping: isInput[slot], needed: needed, consume: consume)
    }
    return inputs.map { $0.slot >= 0 ? walk.gradients[$0.slot] : nil }
  }

  /// All nodes that can lie between, ordered so that inputs come before what was computed from them.
  private mutating func collect(from root: Node, floor: Int) {
    root.slot = 0
    var found = [root]
    var next = 0
    while next < found.count {
      for case let parent? in found[next].parents where parent.slot < 0 && parent.depth >= floor {
        parent.slot = found.count
        found.append(parent)
      }
      next += 1
    }
    nodes = found.sorted { ($0.depth, $0.slot) < ($1.depth, $1.slot) }
    for (slot, node) in nodes.enumerated() { node.slot = slot }
  }

  private func needed(for inputs: [Node]) -> [Bool] {
    var needed = [Bool](repeating: false, count: nodes.count)
    for input in inputs where input.slot >= 0 { needed[input.slot] = true }
    for (slot, node) in nodes.enumerated() where !needed[slot] {
      needed[slot] = node.parents.contains { parent in
        guard let parent, parent.slot >= 0 else { return false }
        return needed[parent.slot]
      }
    }
    return needed
  }

  private mutating func visit(_ slot: Int, keeping: Bool, needed: [Bool], consume: Bool) {
    let node = nodes[slot]
    guard let gradient = gradients[slot], let product = node.product else { return }
    let needs = node.parents.map { parent in
      guard let parent, parent.slot >= 0 else { return false }
      return needed[parent.slot]
    }
    if !keeping { gradients[slot] = nil }
    guard needs.contains(true) else { return }
    let results = product(gradient, BackwardCall(node: node, needs: needs))
    for (index, parent) in node.parents.enumerated() where needs[index] {
      guard let parent, let result = results[index] else { continue }
      add(result, at: parent.slot)
    }
    if consume { node.consume() }
  }

  private mutating func add(_ gradient: Tensor, at slot: Int) {
    guard var sum = gradients[slot] else {
      gradients[slot] = gradient
      return
    }
    gradients[slot] = nil
    sum.accumulate(gradient)
    gradients[slot] = sum
  }
}

extension Tensor {
  /// self += other, in place where nobody else can see the difference.
  fileprivate mutating func accumulate(_ other: Tensor) {
    guard node == nil, other.node == nil, isDense, other.shape == shape,
      isKnownUniquelyReferenced(&storage), storage.isWritable
    else {
      self = self + other
      return
    }
    storage.forgetConversions()
    let summand = other.converted(to: layout)
    let target = data
    let source = summand.data
    parallel(storedCount, grain: elementGrain) {
      tributary_add_in_place(source + $0.lowerBound, $0.count, target + $0.lowerBound)
    }
    withExtendedLifetime(summand) {}
  }
}
