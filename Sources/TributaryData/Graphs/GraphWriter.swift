internal import TributaryCore

/// Writes a client's part of a graph as `GraphReader` reads it: its examples are the nodes for training.
enum GraphWriter {
  static func files(_ examples: GraphExamples) -> [(name: String, bytes: Bytes)] {
    let graph = examples.graph
    let isExample = Set(examples.nodes)
    let nodes = graph.labels.enumerated().map { node, label in
      "\(node)\t\(label)\t\(isExample.contains(node) ? "train" : "none")\n"
    }
    let edges = graph.edges.map { "\($0)\t\($1)\n" }
    let features = graph.features.enumerated().map { node, features in
      let words = zip(features.indices, features.values).map { $1 == 1 ? "\($0)" : "\($0):\($1)" }
      return "\(node)\t\(words.joined(separator: " "))\n"
    }
    return [("nodes.tsv", nodes), ("edges.tsv", edges), ("features.tsv", features)].map {
      ($0, Bytes(copying: Array($1.joined().utf8)))
    }
  }
}
