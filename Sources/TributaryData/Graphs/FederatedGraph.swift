internal import TributaryCore
internal import TributaryPlan

/// A graph in a federation: every client has some of the nodes, labelled for training or not, and the edges between
/// these; edges between clients are dropped.
enum FederatedGraph {
  /// Divides all nodes by their classes as the plan says: the examples, in a graph without edges between clients, and
  /// each client's part of them.
  ///
  /// - Throws: `data.partition` where a client would have no example to train on, `data.label`.
  static func divided(
    _ dataset: Dataset, _ examples: GraphExamples, plan: PartitionPlan, classes: Int,
    key: RandomKey
  ) throws -> (dataset: Dataset, partition: DataPartition) {
    let graph = examples.graph
    guard graph.labels.allSatisfy({ (0..<classes).contains($0) }) else {
      throw TributaryError(
        "data.label", "a node's class is outside the \(classes) classes",
        advice: "all nodes are divided among the clients; correct task.classes")
    }
    let nodes = try DataPartition(
      of: PartitionExamples(labels: graph.labels, classes: classes), plan: plan, key: key)
    let owners = nodes.owners
    var given = PartitionOwners(examples: examples.count, clients: nodes.count)
    for (index, node) in examples.nodes.enumerated() {
      if let owner = owners[node] { given.give(index, to: owner) }
    }
    let partition = DataPartition(given)
    if let empty = partition.indices.first(where: { partition.size(of: $0) == 0 }) {
      throw TributaryError(
        "data.partition",
        "none of the \(nodes.size(of: empty)) nodes of client \(empty) is one to train on",
        advice: "lower data.partition.clients, or divide more evenly")
    }
    let divided = GraphExamples(graph.divided(among: owners), nodes: examples.nodes)
    return (
      Dataset(
        examples: .graph(divided), labels: dataset.labels, classNames: dataset.classNames),
      partition
    )
  }
}
