public import TributaryCore

/// How a completed run ended.
public struct RunSummary: Sendable, Equatable, Codable {
  public var runID: String
  public var rounds: Int
  /// SHA-256 of the final `model.safetensors`.
  public var digest: Digest
  /// Of the round whose model is the result.
  public var metrics: [String: Double]
  /// The folder of the final model.
  public var model: String
  /// Of the rounds together, whatever happened between them.
  public var seconds: Double
  public var bytesDown: Int
  public var bytesUp: Int

  public init(
    runID: String, rounds: Int, digest: Digest, metrics: [String: Double], model: String,
    seconds: Double, bytesDown: Int, bytesUp: Int
  ) {
    self.runID = runID
    self.rounds = rounds
    self.digest = digest
    self.metrics = metrics
    self.model = model
    self.seconds = seconds
    self.bytesDown = bytesDown
    self.bytesUp = bytesUp
  }
}
