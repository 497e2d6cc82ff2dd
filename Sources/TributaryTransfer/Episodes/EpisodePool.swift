internal import TributaryCore
internal import TributaryModels
internal import TributaryTensor

/// All episodes that can be drawn from some labelled examples.
///
/// An episode depends on the examples, its sizes and its key alone.
struct EpisodePool: Sendable {
  let examples: TrainingExamples
  private let classes: [Class]

  private struct Class: Sendable {
    var positions: [Int]
    var turn: Int
  }

  /// - Parameter rotations: whether images turned by 90, 180 and 270 degrees make three more classes of each.
  init(_ examples: TrainingExamples, rotations: Bool = false) {
    self.examples = examples
    var positions: [Int32: [Int]] = [:]
    for (position, index) in examples.indices.enumerated() {
      if let label = examples.source.labels?[index] {
        positions[label, default: []].append(position)
      }
    }
    let labels = positions.keys.sorted()
    classes = (0..<(rotations ? 4 : 1)).flatMap { turn in
      labels.map { Class(positions: positions[$0] ?? [], turn: turn) }
    }
  }

  /// Classes without replacement, in each as many examples as asked for.
  ///
  /// - Throws: `data.episodes` where too few classes have enough examples.
  func episode(ways: Int, shots: Int, queries: Int, key: RandomKey) throws -> Episode {
    let large = classes.filter { $0.positions.count >= shots + queries }
    guard large.count >= ways else {
      throw TributaryError(
        "data.episodes",
        "\(large.count) of \(classes.count) classes have \(shots) + \(queries) examples or more; "
          + "an episode needs \(ways)",
        advice: "lower transfer.episodes.ways, shots or queries")
    }
    var episode = Episode(ways: ways, support: [], queries: [])
    let chosen = key.at("classes").permutation(of: large.count).prefix(ways)
    for (label, index) in chosen.enumerated() {
      let drawn = large[index]
      let order = key.at("examples").at(label).permutation(of: drawn.positions.count)
      let rows = order.prefix(shots + queries).map {
        EpisodeRow(position: drawn.positions[$0], turn: drawn.turn, label: label)
      }
      episode.support += rows.prefix(shots)
      episode.queries += rows.dropFirst(shots)
    }
    return episode
  }

  /// All examples as one support, labels as they are.
  var everything: [EpisodeRow] {
    examples.indices.enumerated().map { position, index in
      EpisodeRow(position: position, label: Int(examples.source.labels?[index] ?? 0))
    }
  }

  /// `rows` as a step of training reads them, with the episode's labels.
  func batch(_ rows: [EpisodeRow]) throws -> EpisodeBatch {
    let input = examples.input(rows.map(\.position))
    let labels = Tensor(rows.map { Int32($0.label) }, shape: [rows.count])
    guard rows.contains(where: { $0.turn != 0 }) else {
      return EpisodeBatch(input: input, labels: labels)
    }
    guard case .examples(.images(let images)) = input, images.shape[2] == images.shape[3]
    else {
      throw TributaryError(
        "data.episodes", "only square images can be turned by 90 degrees",
        advice: "leave transfer.episodes.rotations out, or set data.image.size")
    }
    let turned = images.turned(rows.map(\.turn))
    return EpisodeBatch(input: .examples(.images(turned)), labels: labels)
  }
}
