internal import TributaryStorage

/// The hyperparameters of the recurrent text models.
struct RecurrentSettings {
  let vocabulary, embedding, hidden, layers: Int
  let isBidirectional: Bool
  let dropout: Float

  /// - Parameter vocabulary: where the settings do not say it.
  init(
    _ json: JSON, vocabulary: Int = 30_522, embedding: Int = 128, hidden: Int = 256,
    layers: Int = 1, isBidirectional: Bool = true
  ) throws {
    let reader = SettingsReader(json)
    self.vocabulary = try reader.size("vocabulary_size", default: vocabulary)
    self.embedding = try reader.size("embedding_size", default: embedding, limit: 1 << 16)
    self.hidden = try reader.size("hidden_size", default: hidden, limit: 1 << 16)
    self.layers = try reader.size("layers", default: layers, limit: 64)
    self.isBidirectional = json["bidirectional"]?.bool ?? isBidirectional
    dropout = try reader.probability("dropout") ?? 0
  }
}
