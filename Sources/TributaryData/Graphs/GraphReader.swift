internal import TributaryCore
internal import TributaryPlan

/// Reads a graph from a folder of three files without headers, whose names end so (`cora_nodes.tsv` will do):
///
/// - `nodes.tsv`: a node's name, tab, its class 0, 1, ..., and where the graph has a published split tab and `train`,
///   `val`, `test` or `none`;
/// - `edges.tsv`: two nodes' names, tab between; edges have no direction;
/// - `features.tsv`: a node's name, tab, the numbers of its features that are not 0, from 0, a space between; `7:0.5`
///   where one is not 1. A node without a line has none.
struct GraphReader {
  private static let nodeLimit = 10_000_000

  private struct Node {
    var name: String
    var label: Int
    var part: String?
    var line: Int
  }

  /// The files of a folder that holds a graph; nil where it does not.
  static func files(_ names: [String]) -> (nodes: String, edges: String, features: String)? {
    func file(_ word: String) -> String? {
      let found = names.filter { $0.hasSuffix("\(word).tsv") || $0.hasSuffix("\(word).tsv.gz") }
      return found.count == 1 ? found[0] : nil
    }
    guard let nodes = file("nodes"), let edges = file("edges"), let features = file("features")
    else { return nil }
    return (nodes, edges, features)
  }

  /// The nodes of `split` as examples; nil: all nodes.
  ///
  /// - Parameter featureCount: nil: as the files say.
  /// - Throws: `data.graph` with file and line.
  static func read(
    _ folder: String, split: DatasetReader.Split?, featureCount: Int? = nil
  ) throws -> RawDataset {
    let names = try ImageFolderReader.entries(of: folder)
    guard let files = files(names) else {
      throw TributaryError(
        "data.graph", "\(folder): no graph",
        advice: "expected one file each that ends with nodes.tsv, edges.tsv and features.tsv")
    }
    let nodes = try readNodes("\(folder)/\(files.nodes)")
    let places = try places(nodes, in: "\(folder)/\(files.nodes)")
    let features = try readFeatures("\(folder)/\(files.features)", places, count: nodes.count)
    let found = (features.flatMap(\.indices).max() ?? -1) + 1
    guard found > 0 || featureCount != nil, found <= featureCount ?? found else {
      throw TributaryError(
        "data.graph",
        "\(folder)/\(files.features): \(found) features, expected \(featureCount ?? 1)")
    }
    let graph = GraphData(
      features: features, featureCount: featureCount ?? found, labels: nodes.map(\.label),
      edges: try readEdges("\(folder)/\(files.edges)", places))
    let chosen = try chosen(nodes, split, "\(folder)/\(files.nodes)")
    return RawDataset(
      examples: .graph(GraphExamples(graph, nodes: chosen)), labels: chosen.map { nodes[$0].label },
      place: {
        "\(folder)/\(files.nodes):\(chosen.indices.contains($0) ? nodes[chosen[$0]].line : 1)"
      })
  }

  private static func chosen(
    _ nodes: [Node], _ split: DatasetReader.Split?, _ path: String
  ) throws -> [Int] {
    let isDivided = nodes.contains { $0.part != nil }
    guard let split, isDivided else {
      guard split == nil || split == .train else {
        throw failure(path, 1, "no column says which nodes are for \(split?.rawValue ?? "")")
      }
      return Array(nodes.indices)
    }
    let word =
      switch split {
      case .train: "train"
      case .validation: "val"
      case .test: "test"
      }
    let chosen = nodes.indices.filter { nodes[$0].part == word }
    guard !chosen.isEmpty else { throw failure(path, 1, "no node's split is \(word)") }
    return chosen
  }

  private static func readNodes(_ path: String) throws -> [Node] {
    let records = try DelimitedText.tabs(path)
    guard records.count <= nodeLimit else { throw failure(path, 1, "more than \(nodeLimit) nodes") }
    return try records.map { record in
      guard (2...3).contains(record.fields.count) else {
        throw failure(
          path, record.line, "expected node, class and split, found \(record.fields.count) columns")
      }
      guard let label = Int(record.fields[1]), label >= 0 else {
        throw failure(
          path, record.line, "the class \"\(record.fields[1].prefix(40))\" is no number from 0")
      }
      let part = record.fields.count == 3 ? record.fields[2] : nil
      guard part.map({ ["train", "val", "test", "none"].contains($0) }) ?? true else {
        throw failure(
          path, record.line,
          "the split \"\(part?.prefix(40) ?? "")\" is none of train, val, test, none")
      }
      return Node(name: record.fields[0], label: label, part: part, line: record.line)
    }
  }

  private static func places(_ nodes: [Node], in path: String) throws -> [String: Int] {
    var places = [String: Int](minimumCapacity: nodes.count)
    for (index, node) in nodes.enumerated() {
      guard places.updateValue(index, forKey: node.name) == nil else {
        throw failure(path, node.line, "the node \(node.name.prefix(40)) is there twice")
      }
    }
    return places
  }

  private static func readEdges(_ path: String, _ places: [String: Int]) throws -> [(Int, Int)] {
    // A client's nodes may have nothing to do with each other.
    guard try !InputFile(path).isAtEnd() else { return [] }
    return try DelimitedText.tabs(path).map { record in
      guard record.fields.count == 2 else {
        throw failure(path, record.line, "expected two nodes, found \(record.fields.count) columns")
      }
      return (
        try place(record.fields[0], places, path, record.line),
        try place(record.fields[1], places, path, record.line)
      )
    }
  }

  private static func readFeatures(
    _ path: String, _ places: [String: Int], count: Int
  ) throws -> [GraphData.Features] {
    var features = [GraphData.Features?](repeating: nil, count: count)
    for record in try DelimitedText.tabs(path) {
      guard record.fields.count == 2 else {
        throw failure(
          path, record.line, "expected node and features, found \(record.fields.count) columns")
      }
      let node = try place(record.fields[0], places, path, record.line)
      guard features[node] == nil else {
        throw failure(path, record.line, "the node \(record.fields[0].prefix(40)) is there twice")
      }
      features[node] = try parsed(record.fields[1], path, record.line)
    }
    return features.map { $0 ?? GraphData.Features() }
  }

  private static func parsed(
    _ text: String, _ path: String, _ line: Int
  ) throws -> GraphData.Features {
    var found: [(index: Int, value: Float)] = []
    for word in text.split(separator: " ") {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      let value = parts.count == 2 ? Float(parts[1]) : parts.count == 1 ? 1 : nil
      guard let index = Int(parts[0]), (0..<(1 << 24)).contains(index), let value, value.isFinite
      else { throw failure(path, line, "\"\(word.prefix(40))\" is no feature, as 7 or 7:0.5") }
      found.append((index, value))
    }
    found.sort { $0.index < $1.index }
    if let twice = zip(found, found.dropFirst()).first(where: { $0.index == $1.index }) {
      throw failure(path, line, "the feature \(twice.0.index) is there twice")
    }
    return GraphData.Features(indices: found.map(\.index), values: found.map(\.value))
  }

  private static func place(
    _ name: String, _ places: [String: Int], _ path: String, _ line: Int
  ) throws -> Int {
    if let place = places[name] { return place }
    throw failure(path, line, "there is no node \"\(name.prefix(40))\"")
  }

  private static func failure(_ path: String, _ line: Int, _ reason: String) -> TributaryError {
    TributaryError("data.graph", "\(path):\(line): \(reason)")
  }
}
