public import TributaryCore

/// What a client returns for a task: new minus old for every tensor that moved, never an example.
public struct ClientUpdate: Sendable, Equatable {
  public var runID: String
  public var round: Int
  public var client: ClientID
  /// The number of examples trained on: the weight in FedAvg.
  public var exampleCount: Int
  public var delta: ParameterTree<HostTensor>
  /// Measured while training: `loss`, `accuracy`, `seconds`.
  public var metrics: [String: Double]

  public init(
    runID: String, round: Int, client: ClientID, exampleCount: Int,
    delta: ParameterTree<HostTensor>, metrics: [String: Double]
  ) {
    self.runID = runID
    self.round = round
    self.client = client
    self.exampleCount = exampleCount
    self.delta = delta
    self.metrics = metrics
  }
}
