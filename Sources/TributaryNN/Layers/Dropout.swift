internal import TributaryCore
public import TributaryTensor

/// Zeroes elements with `probability` and scales the rest by 1 / (1 - probability) (Srivastava 2014).
///
/// Active in training only, and there only above the first tensor that trains: a frozen prefix gives
/// the same features in every epoch. The mask is drawn under `pass.key.at(name)`.
public struct Dropout: Sendable {
  public let name: String
  public let probability: Float
  private let guarding: String?

  /// - Parameter guarding: a tensor right behind this layer; where it trains, so does the dropout.
  public init(_ name: String, probability: Float, guarding: String? = nil) {
    precondition((0..<1).contains(probability), "a dropout probability lies in 0..<1")
    self.name = name
    self.probability = probability
    self.guarding = guarding
  }

  /// Whether this layer drops anything in `pass`.
  public func isActive(in pass: Pass) -> Bool {
    guard probability > 0, pass.isDroppingOut else { return false }
    return pass.isAboveTrainable || guarding.map { pass.isTrainable($0) } ?? false
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard isActive(in: pass) else { return x }
    return dropout(x, probability: probability, key: pass.key.at(name))
  }
}
