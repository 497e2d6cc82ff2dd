internal import CTributaryKernels
internal import TributaryCore
public import TributaryPlan

/// The strategy's step, shortened over the rounds: w ← w + s_r (step(w) − w), where s_r goes from 1 to 0 by the plan's
/// schedule, after a warm-up from 0.
///
/// For strategies with a server learning rate η this is a schedule of η. Buffers and the strategy's own tensors take
/// the whole step.
public enum ServerSchedule {
  /// s_r of `round`, 1 to `rounds`.
  public static func share(_ plan: SchedulePlan, round: Int, rounds: Int) -> Double {
    let warmup = (Double(rounds) * plan.warmup).rounded()
    if Double(round) <= warmup { return Double(round) / (warmup + 1) }
    let progress = (Double(round - 1) - warmup) / max(Double(rounds) - warmup, 1)
    return switch plan.kind {
    case .constant: 1
    case .linear: 1 - progress
    case .cosine: 0.5 * (1 + tributary_cosine(.pi * progress))
    }
  }

  /// - Throws: what the strategy's step throws.
  public static func step(
    _ strategy: any Strategy, _ input: ServerStepInput, schedule: SchedulePlan
  ) throws -> ServerStepOutput {
    var output = try strategy.step(input)
    let share = share(schedule, round: input.round, rounds: input.rounds)
    guard share < 1 else { return output }
    for (name, old) in input.globals
    where old.dtype == .float32 && !input.buffers.contains(name) && !name.hasPrefix("@") {
      guard let new = output.globals[name] else { continue }
      let moved = old.withFloats { old in
        new.withFloats { new in
          zip(old, new).map { Float(Double($0) + share * (Double($1) - Double($0))) }
        }
      }
      output.globals[name] = HostTensor(moved, shape: old.shape)
    }
    return output
  }
}
