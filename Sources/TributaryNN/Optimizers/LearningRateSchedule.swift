internal import Foundation

/// The learning rate over a known number of steps: a linear rise, then constant, cosine or linear.
///
/// With w warm-up steps of n, as `transformers.get_*_schedule_with_warmup`:
///
///     step < w:   peak * step / w
///     constant:   peak
///     cosine:     peak * (1 + cos(pi * (step - w) / (n - w))) / 2
///     linear:     peak * (n - step) / (n - w)
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable { case constant, cosine, linear }

  public let kind: Kind
  public let peak: Double
  public let steps: Int
  public let warmupSteps: Int

  /// - Parameter warmup: the share of `steps`, in 0...1, over which the rate rises; rounded up to a step.
  public init(kind: Kind = .constant, peak: Double, warmup: Double = 0, steps: Int) {
    precondition((0...1).contains(warmup), "the warm-up is a share in 0...1")
    precondition(steps >= 0, "a number of steps is not negative")
    self.kind = kind
    self.peak = peak
    self.steps = steps
    // Less a hair, so that a tenth of 30 steps is 3 although 0.1 * 30 is slightly more.
    warmupSteps = Int((warmup * Double(steps) - 1e-9).rounded(.up))
  }

  /// The rate of `step`, counted from 0. After the last step it stays at the last value's limit.
  public func rate(step: Int) -> Double {
    if step < warmupSteps { return peak * Double(step) / Double(warmupSteps) }
    let progress = min(1, Double(step - warmupSteps) / Double(max(1, steps - warmupSteps)))
    return switch kind {
    case .constant: peak
    case .cosine: peak * 0.5 * (1 + cos(.pi * progress))
    case .linear: peak * (1 - progress)
    }
  }
}
