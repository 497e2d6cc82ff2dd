internal import TributaryNN
public import TributaryPlan
public import TributaryTensor

extension OptimizerPlan {
  func make() -> any Optimizer {
    switch kind {
    case .sgd:
      // A momentum that float32 has no number for is none.
      SGD(
        momentum: Float(momentum), nesterov: nesterov && Float(momentum) > 0,
        weightDecay: Float(weightDecay))
    case .adamw:
      AdamW(
        beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
        weightDecay: Float(weightDecay))
    }
  }
}

extension SchedulePlan {
  func make(peak: Double, steps: Int) -> LearningRateSchedule {
    let kind: LearningRateSchedule.Kind =
      switch kind {
      case .constant: .constant
      case .cosine: .cosine
      case .linear: .linear
      }
    return LearningRateSchedule(kind: kind, peak: peak, warmup: warmup, steps: steps)
  }
}

extension LocalPlan.Precision {
  public var compute: ComputePrecision {
    switch self {
    case .float32: .float32
    case .bf16: .bfloat16
    }
  }
}
