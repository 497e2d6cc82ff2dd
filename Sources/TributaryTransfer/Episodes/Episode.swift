/// One example in an episode.
struct EpisodeRow: Sendable, Equatable {
  /// In the client's order.
  var position: Int
  /// By how many quarter turns its image is rotated.
  var turn = 0
  /// 0..<ways
  var label: Int
}

/// One task: a few classes, labelled examples of each, and more of them to measure with.
struct Episode: Sendable, Equatable {
  var ways: Int
  /// Class by class.
  var support: [EpisodeRow]
  var queries: [EpisodeRow]
}
