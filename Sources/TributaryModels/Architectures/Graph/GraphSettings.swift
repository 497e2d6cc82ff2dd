internal import TributaryCore
internal import TributaryStorage
internal import TributaryNN
internal import TributaryTensor

/// The hyperparameters of the graph networks.
struct GraphSettings {
  let inputs, hidden: Int
  let dropout: Float

  /// - Parameter hidden: where the settings do not say it.
  init(_ configuration: ModelConfiguration, hidden: Int) throws {
    let reader = SettingsReader(configuration.settings)
    guard configuration.settings["inputs"] != nil else {
      throw TributaryError(
        "model.configuration",
        "\(configuration.architecture) needs to know how many features a node has",
        advice: "a graph as data.train says it")
    }
    inputs = try reader.size("inputs", default: 1)
    self.hidden = try reader.size("hidden_size", default: hidden, limit: 1 << 16)
    dropout = try reader.probability("dropout") ?? 0.5
  }
}

extension Model {
  /// The graph of `input` and the nodes of its batch, checked against the configuration.
  func nodes(_ input: ModelInput) throws -> (graph: NodeGraph, nodes: Tensor) {
    guard case .nodes(let nodes, let graph) = input else {
      throw TributaryError("model.input", "\(architecture) takes nodes of a graph")
    }
    guard let count = nodeFeatureCount, graph.features.columns == count else {
      throw TributaryError(
        "model.input",
        "\(architecture) takes nodes of \(nodeFeatureCount ?? 0) features, not \(graph.features.columns)"
      )
    }
    return (graph, nodes)
  }
}
