/// Yogi on the server (Reddi et al. 2021, "Adaptive federated optimization", algorithm 2).
///
///     m ← β₁ m + (1 − β₁) Δ        v ← v − (1 − β₂) Δ² sign(v − Δ²)        w ← w + η m / (√v + τ)
///
/// Δ is the mean of the updates weighted by numbers of examples; v begins at τ². Without bias correction, as
/// in the paper. Buffers move by Δ.
public struct FedYogi: ServerOptimizer {
  public static let kind = "fedyogi"
  public static let options = AdaptiveServerStep.options
  public static let momentCount = AdaptiveServerStep.momentCount

  private let adaptive: AdaptiveServerStep

  public init(options: StrategyOptions) { adaptive = AdaptiveServerStep(options) }

  public var initialSecondMoment: Double { adaptive.initialSecondMoment }

  public func step(_ delta: Double, _ moments: inout ServerMoments) -> Double {
    adaptive(delta, &moments) { second in
      let square = delta * delta
      let sign: Double = second > square ? 1 : second < square ? -1 : 0
      second -= (1 - adaptive.beta2) * square * sign
    }
  }
}
