public import TributaryCore
public import TributaryTensor

/// The means of two domains' statistics over all clients, as objectives compare with them where a client has one domain
/// alone.
///
/// They travel like running statistics, each round's for the next: of every domain a client sends the mean over its
/// examples, or zeros and a share of 0 where it has none, so that the server's mean divided by that of the shares is the
/// domain's. What crosses are sums over a client's whole data (a mean and a covariance of as many numbers as the layer
/// is wide), never an example; a client of very few examples reveals much of them by it.
public struct DomainMoments: Sendable {
  /// By name, as the objective measures them; nil before the first round that measured them.
  public let source: ParameterTree<Tensor>?
  public let target: ParameterTree<Tensor>?

  /// Whether either was measured.
  var areKnown: Bool { source != nil || target != nil }

  enum Domain: String, CaseIterable { case source, target }

  static let kind = "moments"
  static let share = "share"

  /// - Parameter tensors: one objective's, called `source.NAME` and `target.NAME`.
  init(_ tensors: ParameterTree<Tensor>) {
    source = Self.part(.source, of: tensors)
    target = Self.part(.target, of: tensors)
  }

  private static func part(
    _ domain: Domain, of tensors: ParameterTree<Tensor>
  ) -> ParameterTree<Tensor>? {
    let prefix = domain.rawValue + "."
    let own = ParameterTree(
      Array(tensors).compactMap { name, tensor in
        name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), tensor) : nil
      })
    guard let share = own[Self.share]?.floats().first, share > 0 else { return nil }
    return withoutGradient {
      own.filter { name, _ in name != Self.share }.mapValues { $0 * (1 / share) }
    }
  }
}
