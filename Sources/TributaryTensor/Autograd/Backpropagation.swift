internal import CTributaryKernels
internal import TributaryCore

/// One walk from an output back to some inputs (reverse-mode differentiation).
struct Backpropagation {
  private var nodes: [Node] = []
  private var gradients: [Tensor?] = []
  // A walk may start within another (a product that differentiates), over some of the same nodes.
  private var outer: [(walk: Int, slot: Int)] = []
  private let walk: Int
  private let factors: FactorCollection?

  private init(_ factors: FactorCollection?) {
    self.factors = factors
    let context = ThreadContext.current
    context.walks += 1
    walk = context.walks
  }

  /// The gradients of `root` with respect to `inputs`, given its own; nil where it does not depend.
  static func run(
    from root: Node, seed: Tensor, to inputs: [Node], consume: Bool,
    factors: FactorCollection? = nil
  ) -> [Tensor?] {
    var walk = Backpropagation(factors)
    walk.collect(from: root, floor: inputs.map(\.depth).min() ?? 0)
    defer { walk.restore() }
    let needed = walk.needed(for: inputs)
    walk.gradients = [Tensor?](repeating: nil, count: walk.nodes.count)
    let start = walk.nodes.count - 1  // nothing is deeper than the output
    guard start >= 0, needed[start] else { return inputs.map { _ in nil } }
    walk.gradients[start] = seed
    var isInput = [Bool](repeating: false, count: walk.nodes.count)
    for input in inputs { if let slot = walk.slot(of: input) { isInput[slot] = true } }
    for slot in walk.nodes.indices.reversed() where needed[slot] {
      walk.visit(slot, keeping: isInput[slot], needed: needed, consume: consume)
    }
    return inputs.map { input in walk.slot(of: input).flatMap { walk.gradients[$0] } }
  }

  /// All nodes that can lie between, ordered so that inputs come before what was computed from them.
  private mutating func collect(from root: Node, floor: Int) {
    var seen: [Node] = []
    var next = -1
    var parents: [Node?] = [root]
    repeat {
      for case let parent? in parents where parent.walk != walk && parent.depth >= floor {
        outer.append((parent.walk, parent.slot))
        (parent.walk, parent.slot) = (walk, seen.count)
        seen.append(parent)
      }
      next += 1
      if next < seen.count { parents = seen[next].parents }
    } while next < seen.count
    let order = seen.indices.sorted { (seen[$0].depth, $0) < (seen[$1].depth, $1) }
    nodes = order.map { seen[$0] }
    outer = order.map { outer[$0] }
    for (slot, node) in nodes.enumerated() { node.slot = slot }
  }

  private func restore() {
    for (node, before) in zip(nodes, outer) { (node.walk, node.slot) = before }
  }

  private func slot(of node: Node?) -> Int? {
    guard let node, node.walk == walk else { return nil }
    return node.slot
  }

  private func needed(for inputs: [Node]) -> [Bool] {
    var needed = [Bool](repeating: false, count: nodes.count)
    for input in inputs { if let slot = slot(of: input) { needed[slot] = true } }
    for (slot, node) in nodes.enumerated() where !needed[slot] {
      needed[slot] = node.parents.contains { parent in
        self.slot(of: parent).map { needed[$0] } ?? false
      }
    }
    return needed
  }

  private mutating func visit(_ slot: Int, keeping: Bool, needed: [Bool], consume: Bool) {
    let node = nodes[slot]
    guard let gradient = gradients[slot], let product = node.product else { return }
    let needs = node.parents.map { parent in self.slot(of: parent).map { needed[$0] } ?? false }
    if !keeping { gradients[slot] = nil }
    guard needs.contains(true) else { return }
    let results = product(gradient, BackwardCall(node: node, needs: needs, factors: factors))
    for (index, parent) in node.parents.enumerated() where needs[index] {
      guard let target = self.slot(of: parent), let result = results[index] else { continue }
      add(result, at: target)
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
