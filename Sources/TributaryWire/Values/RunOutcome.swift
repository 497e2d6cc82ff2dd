public import TributaryCore

/// How a run ended, as every worker is told.
public enum RunOutcome: Sendable, Equatable {
  /// All rounds are done; `digest` is the SHA-256 of the final `model.safetensors`.
  case completed(rounds: Int, digest: Digest)
  /// The run cannot go on: why.
  case failed(reason: String)
  /// Somebody stopped the coordinator; it can be resumed.
  case interrupted
}
