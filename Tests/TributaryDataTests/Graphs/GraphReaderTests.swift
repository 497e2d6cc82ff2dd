import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct GraphReaderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("paper_nodes.tsv", "a\t1\ttrain\nb\t0\tval\nc\t1\ttest\nd\t0\tnone\n")
    try folder.write("paper_edges.tsv", "a\tb\nc\tb\nb\ta\nd\td\n")
    try folder.write("paper_features.tsv", "a\t0 3\nc\t2:0.5 1\nb\t\n")
  }

  private func read(_ split: DatasetReader.Split?) throws -> GraphExamples {
    let found = try DatasetReader.read(folder.path, split: split)
    guard case .graph(let graph) = found.examples else {
      throw TributaryError("test", "no graph")
    }
    #expect(found.labels == graph.nodes.map { graph.graph.labels[$0] })
    return graph
  }

  @Test func readsNodesEdgesAndFeatures() throws {
    let all = try read(nil)
    #expect(all.nodes == [0, 1, 2, 3] && all.graph.labels == [1, 0, 1, 0])
    // Once each way, and none from a node to itself.
    #expect(all.graph.neighbours == [[1], [0, 2], [1], []] && all.graph.featureCount == 4)
    #expect(all.graph.features[2] == .init(indices: [1, 2], values: [1, 0.5]))
    #expect(all.graph.features[1] == .init() && all.graph.features[3] == .init())
  }

  /// A client's nodes may have nothing to do with each other.
  @Test func aFileWithoutEdgesIsAGraph() throws {
    try folder.write("paper_edges.tsv", "")
    #expect(try read(.train).graph.neighbours.allSatisfy { $0.isEmpty })
  }

  @Test func splitsAsTheFileSays() throws {
    #expect(try read(.train).nodes == [0])
    #expect(try read(.validation).nodes == [1] && read(.test).nodes == [2])
    try folder.write("paper_nodes.tsv", "a\t1\nb\t0\nc\t1\nd\t0\n")
    #expect(try read(.train).nodes == [0, 1, 2, 3])
    #expect(message { _ = try read(.test) }.contains("no column says which nodes are for test"))
  }

  @Test(arguments: [
    ("nodes", "a\n", ":1: expected node, class and split, found 1 columns"),
    ("nodes", "a\tx\n", ":1: the class \"x\" is no number from 0"),
    ("nodes", "a\t0\tlater\n", "is none of train, val, test, none"),
    ("nodes", "a\t0\nb\t1\na\t0\n", ":3: the node a is there twice"),
    ("edges", "a\tb\na\te\n", ":2: there is no node \"e\""),
    ("edges", "a b\n", ":1: expected two nodes"),
    ("features", "a\t0 -1\n", ":1: \"-1\" is no feature"),
    ("features", "a\t0:nan\n", "is no feature, as 7 or 7:0.5"),
    ("features", "a\t3 0 3\n", ":1: the feature 3 is there twice"),
    ("features", "a\t0\na\t1\n", ":2: the node a is there twice"),
  ])
  func refusesWithFileAndLine(_ file: String, _ text: String, _ reason: String) throws {
    try folder.write("paper_\(file).tsv", text)
    let found = message { _ = try read(nil) }
    #expect(found.contains("paper_\(file).tsv") && found.contains(reason), "\(found)")
  }

  @Test func clientsHaveTheirNodesAndTheEdgesBetweenThem() throws {
    let graph = GraphData(
      features: (0..<6).map { .init(indices: [$0], values: [1]) }, featureCount: 6,
      labels: [0, 1, 0, 1, 0, 1], edges: [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 4)])
    let divided = graph.divided(among: [0, 1, 0, nil, 0, 1])
    #expect(divided.edges.map { [$0.0, $0.1] } == [[0, 4]])
    let own = GraphExamples(divided, nodes: [4, 0]).own
    #expect(own.nodes == [2, 0] && own.graph.nodeCount == 3)
    #expect(own.graph.neighbours == [[2], [], [0]] && own.graph.labels == [0, 0, 0])
    #expect(own.graph.features.map(\.indices) == [[0], [2], [4]] && own.graph.featureCount == 6)
    #expect(own.own == own)
  }

  @Test func shardsAreTheClientsPartOfTheGraph() throws {
    let plan = RunPlan(
      name: "graph", seed: 3, backbone: BackbonePlan(architecture: "gcn"),
      task: TaskPlan(kind: .nodeClassification, classes: 2),
      data: DataPlan(train: folder.path, partition: PartitionPlan(kind: "iid", clients: 2)))
    try folder.write(
      "paper_nodes.tsv", (0..<20).map { "\($0)\t\($0 % 2)\ttrain\n" }.joined())
    try folder.write("paper_edges.tsv", (1..<20).map { "\($0 / 2)\t\($0)\n" }.joined())
    try folder.write("paper_features.tsv", (0..<20).map { "\($0)\t\($0 % 7):0.1\n" }.joined())
    let federated = try FederatedDataset(plan)
    #expect(federated.clients.flatMap(\.indices).sorted() == Array(0..<20))
    for (client, indices) in federated.clients {
      let subset = federated.dataset.subset(indices)
      let path = "\(folder.path)/shards/\(client)"
      try Shard.write(subset, client: client, classes: 2, to: path)
      let shard = try Shard.read(path)
      guard case .graph(let graph) = subset.examples else { continue }
      #expect(shard.dataset.examples == .graph(graph.own))
      #expect(shard.dataset.labels == subset.labels && graph.own.graph.nodeCount == indices.count)
    }
  }
}
