internal import TributaryCore
internal import TributaryData
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// A graph made ready for a network: a node's features weigh 1 together, as in the papers' own experiments.
struct GraphSource: Sendable {
  let examples: GraphExamples
  private let graph: NodeGraph

  /// - Throws: `data.kind` where the network reads no graphs, or nodes of other features.
  init(_ examples: GraphExamples, for model: any Model) throws {
    guard model.nodeFeatureCount == examples.graph.featureCount else {
      let wanted = model.nodeFeatureCount.map { "nodes of \($0) features" } ?? "no graph"
      throw TributaryError(
        "data.kind",
        "\(model.architecture) takes \(wanted), but the data are nodes of "
          + "\(examples.graph.featureCount) features", advice: "check backbone and the data path")
    }
    self.init(examples)
  }

  init(_ examples: GraphExamples) {
    self.examples = examples
    let data = examples.graph
    let entries = data.features.enumerated().flatMap { node, features in
      let sum = features.values.reduce(0, +)
      return zip(features.indices, features.values).map {
        SparseMatrix.Entry(row: node, column: $0, value: sum == 0 ? $1 : $1 / sum)
      }
    }
    graph = NodeGraph(
      features: SparseMatrix(
        rows: data.nodeCount, columns: data.featureCount, entries: entries),
      neighbours: data.neighbours)
  }

  func input(_ indices: [Int]) -> ModelInput {
    let nodes = indices.map { Int32(truncatingIfNeeded: examples.nodes[$0]) }
    return .nodes(Tensor(nodes, shape: [nodes.count]), of: graph)
  }
}
