internal import TributaryCore

/// A graph with features and a class at every node, as it is on disk.
public struct GraphData: Sendable, Equatable {
  /// What a node has: the numbers of its features that are not 0, and their values.
  public struct Features: Sendable, Equatable {
    public var indices: [Int]
    public var values: [Float]

    public init(indices: [Int] = [], values: [Float] = []) {
      self.indices = indices
      self.values = values
    }
  }

  /// One an entry, by node.
  public let features: [Features]
  public let featureCount: Int
  public let labels: [Int]
  /// Of each node, ascending and without itself; an edge stands at both its ends.
  public let neighbours: [[Int]]
  /// Whose each node is; nil: all one's own, and no edge is missing.
  public let owners: [Int?]?

  /// - Parameter edges: pairs of nodes; repeated ones count once, those from a node to itself not at all.
  public init(
    features: [Features], featureCount: Int, labels: [Int], edges: [(Int, Int)],
    owners: [Int?]? = nil
  ) {
    var neighbours = [Set<Int>](repeating: [], count: features.count)
    for (a, b) in edges where a != b {
      neighbours[a].insert(b)
      neighbours[b].insert(a)
    }
    self.init(
      features: features, featureCount: featureCount, labels: labels,
      neighbours: neighbours.map { $0.sorted() }, owners: owners)
  }

  private init(
    features: [Features], featureCount: Int, labels: [Int], neighbours: [[Int]], owners: [Int?]?
  ) {
    precondition(
      features.count == labels.count && features.count == neighbours.count
        && owners?.count ?? labels.count == labels.count, "one of each a node")
    self.features = features
    self.featureCount = featureCount
    self.labels = labels
    self.neighbours = neighbours
    self.owners = owners
  }

  public var nodeCount: Int { labels.count }

  /// Each edge once, `a < b`, in ascending order.
  public var edges: [(Int, Int)] {
    neighbours.enumerated().flatMap { a, others in others.filter { $0 > a }.map { (a, $0) } }
  }

  /// The graph divided: edges between nodes of different owners, or of none, are dropped.
  func divided(among owners: [Int?]) -> GraphData {
    GraphData(
      features: features, featureCount: featureCount, labels: labels,
      neighbours: neighbours.enumerated().map { node, others in
        others.filter { owners[node] != nil && owners[$0] == owners[node] }
      }, owners: owners)
  }

  /// The graph of `kept` nodes alone, which are ascending, and the edges between them; all are one's own.
  func induced(by kept: [Int]) -> GraphData {
    var places = [Int?](repeating: nil, count: nodeCount)
    for (place, node) in kept.enumerated() { places[node] = place }
    return GraphData(
      features: kept.map { features[$0] }, featureCount: featureCount,
      labels: kept.map { labels[$0] },
      neighbours: kept.map { neighbours[$0].compactMap { places[$0] } }, owners: nil)
  }
}

/// Nodes of one graph, each an example.
public struct GraphExamples: Sendable, Equatable {
  public let graph: GraphData
  /// The examples' nodes.
  public let nodes: [Int]

  public init(_ graph: GraphData, nodes: [Int]) {
    precondition(nodes.allSatisfy { (0..<graph.nodeCount).contains($0) }, "nodes of the graph")
    self.graph = graph
    self.nodes = nodes
  }

  public var count: Int { nodes.count }

  /// The examples at `indices`, in that order, of the same graph.
  public func subset(_ indices: [Int]) -> GraphExamples {
    GraphExamples(graph, nodes: indices.map { nodes[$0] })
  }

  /// The same examples in their owner's part of the graph alone, which is all that a client has; themselves where
  /// the graph is not divided.
  public var own: GraphExamples {
    guard let owners = graph.owners, let first = nodes.first, let owner = owners[first] else {
      return self
    }
    let kept = owners.indices.filter { owners[$0] == owner }
    var places = [Int: Int](minimumCapacity: kept.count)
    for (place, node) in kept.enumerated() { places[node] = place }
    return GraphExamples(graph.induced(by: kept), nodes: nodes.compactMap { places[$0] })
  }
}
