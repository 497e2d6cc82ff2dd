/// How a server distils the models of a round's clients into one.
public struct EnsembleFusion: Sendable, Equatable {
  /// Passes over the examples that it distils on.
  public var epochs: Int
  public var batchSize: Int
  /// The peak of Adam's step, which falls to 0 along a cosine.
  public var learningRate: Double

  public init(epochs: Int = 1, batchSize: Int = 128, learningRate: Double = 1e-3) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
  }
}
