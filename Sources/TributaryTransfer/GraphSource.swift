internal import TributaryCore
internal import TributaryData
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// A graph made ready for a network: a node's features weigh 1 together (by magnitude), as in the papers' own experiments.
struct GraphSource: Sendable {
  let examples: GraphExamples
  private let graph: NodeGraph

  /// - Throws: `data.kind` where the network reads no graphs, or nodes of other features.
  init(_ examples: GraphExamples, for model: any Model) throws {
    guard let width = model.nodeFeatureCount, examples.graph.featureCount <= width else {
      let wanted = model.nodeFeatureCount.map { "nodes of \($0) features" } ?? "no graph"
      throw TributaryError(
        "data.kind",
        "\(model.architecture) takes \(wanted), but the data are nodes of "
          + "\(examples.graph.featureCount) features", advice: "check backbone and the data path")
    }
    // A site's own files may lack the last features.
    self.init(examples, width: width)
  }

  /// - Parameter width: of the features; nil: as many as there are.
  init(_ examples: GraphExamples, width: Int? = nil) {
    self.examples = examples
    let data = examples.graph
    let entries = data.features.enumerated().flatMap { node, features in
      let sum = features.values.reduce(0) { $0 + abs($1) }
      return zip(features.indices, features.values).map {
        SparseMatrix.Entry(row: node, column: $0, value: sum == 0 ? $1 : $1 / sum)
      }
    }
    graph = NodeGraph(
      features: SparseMatrix(
        rows: data.nodeCount, columns: width ?? data.featureCount, entries: entries),
      neighbours: data.neighbours)
  }

  func input(_ indices: [Int]) -> ModelInput {
    let nodes = indices.map { Int32(truncatingIfNeeded: examples.nodes[$0]) }
    return .nodes(Tensor(nodes, shape: [nodes.count]), of: graph)
  }
}
