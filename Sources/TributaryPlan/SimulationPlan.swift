/// What a simulation does that a real federation never would. Workers and coordinators do not know it.
public struct SimulationPlan: Sendable, Codable, Equatable {
  public var attack: AttackPlan?

  public init(attack: AttackPlan? = nil) { self.attack = attack }
}

/// Some clients are hostile: for research into how strategies withstand them.
public struct AttackPlan: Sendable, Codable, Equatable {
  public var kind: Kind
  /// The share of the clients that is hostile, rounded to whole clients; who they are is drawn from the seed.
  public var fraction: Double
  /// How strong the attack is, whatever that means for its kind; nil: the kind's default.
  public var strength: Double?

  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Trains on the labels `classes - 1 - y`.
    case labelFlip = "label-flip"
    /// Sends its update times minus the strength (1).
    case signFlip = "sign-flip"
    /// Sends its update times the strength (10).
    case scale
    /// Sends Gaussian noise with the strength (1) as standard deviation.
    case noise
    /// Colluders send the mean of their honest updates less the strength times their standard deviation,
    /// element by element (Baruch et al. 2019).
    case littleIsEnough = "little-is-enough"
    /// Colluders send the mean of their honest updates times minus the strength (1; Xie et al. 2019).
    case innerProduct = "inner-product"
  }

  public init(kind: Kind, fraction: Double = 0.2, strength: Double? = nil) {
    self.kind = kind
    self.fraction = fraction
    self.strength = strength
  }
}
