public import TributaryCore
public import TributaryPlan

/// The target domain's examples of a run, with whose each is.
///
/// `simulate` and `partition` both ask here, as for `FederatedDataset`.
public struct FederatedTarget: Sendable {
  /// All examples, without labels.
  public let dataset: Dataset
  /// Each client with its examples: at random, as many each.
  public let clients: [(client: ClientID, indices: [Int])]

  /// Reads `data.target` and divides it, among the clients that share `data.train` or, where `data.targetClients` says
  /// so, among further ones; nil where there is no target domain.
  ///
  /// - Parameter sourceClients: how many clients share `data.train`.
  public init?(_ plan: RunPlan, sourceClients: Int) throws {
    guard let dataset = try DatasetReader.target(plan) else { return nil }
    self.dataset = dataset
    let others = plan.data.targetClients
    let count = others > 0 ? others : sourceClients
    guard dataset.count >= count else {
      throw TributaryError(
        "data.target",
        "\(dataset.count) examples of the target domain are not enough for \(count) clients")
    }
    let order = plan.randomKey.at("target").permutation(of: dataset.count)
    clients = (0..<count).map { index in
      let part = order[(dataset.count * index / count)..<(dataset.count * (index + 1) / count)]
      return (ClientID(index: index + (others > 0 ? sourceClients : 0)), part.sorted())
    }
  }
}
