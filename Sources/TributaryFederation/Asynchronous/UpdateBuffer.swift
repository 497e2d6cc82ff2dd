/// How rounds go where nobody waits for a whole cohort: a round is one filling of the server's buffer.
///
/// `concurrency` clients are at work at all times. Whoever is done has its update put into the buffer, and another
/// client begins from the model as it then is; once `size` updates are in, the server steps, and those still at work
/// stay at work on the model that they began with.
public struct UpdateBuffer: Sendable, Equatable {
  /// Updates a server step.
  public var size: Int
  /// Clients at work at a time; nil: as many as a round asks.
  public var concurrency: Int?

  public init(size: Int, concurrency: Int? = nil) {
    self.size = size
    self.concurrency = concurrency
  }
}
