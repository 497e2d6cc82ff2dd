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
  /// The first round that was as good as `federation.stopping.target`, and the bytes, down and up, until its end.
  public var roundsToTarget: Int?
  public var bytesToTarget: Int?

  public init(
    runID: String, rounds: Int, digest: Digest, metrics: [String: Double], model: String,
    seconds: Double, bytesDown: Int, bytesUp: Int, roundsToTarget: Int? = nil,
    bytesToTarget: Int? = nil
  ) {
    self.runID = runID
    self.rounds = rounds
    self.digest = digest
    self.metrics = metrics
    self.model = model
    self.seconds = seconds
    self.bytesDown = bytesDown
    self.bytesUp = bytesUp
    self.roundsToTarget = roundsToTarget
    self.bytesToTarget = bytesToTarget
  }
}
