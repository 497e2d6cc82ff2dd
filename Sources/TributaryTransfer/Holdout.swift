public import TributaryCore

/// The part of a client's examples that it does not train on.
///
/// It depends on the client's name and number of examples alone, so that runs with other seeds, and a restarted
/// worker, measure with the same ones.
public struct Holdout {
  private let share: Double
  private let client: ClientID

  /// - Parameter share: of a client's examples, at least 0 and below 1.
  public init(share: Double, client: ClientID) {
    self.share = share
    self.client = client
  }

  /// Both parts in the order of `indices`: at least one example to train on, and where `share` is above 0 and there
  /// are two at least one to measure with.
  public func split(_ indices: [Int]) -> (training: [Int], heldOut: [Int]) {
    guard share > 0, indices.count > 1 else { return (indices, []) }
    let count = min(max(1, Int((Double(indices.count) * share).rounded())), indices.count - 1)
    let key = RandomKey(seed: 0).at("holdout").at(client.name)
    let chosen = Set(key.permutation(of: indices.count).prefix(count))
    var parts: (training: [Int], heldOut: [Int]) = ([], [])
    for (position, index) in indices.enumerated() {
      if chosen.contains(position) {
        parts.heldOut.append(index)
      } else {
        parts.training.append(index)
      }
    }
    return parts
  }
}
