internal import CTributaryKernels
internal import TributaryCore

/// How long a task takes in virtual time: |N(0, 1)|, the half-normal durations of FedBuff's experiments
/// (Nguyen et al. 2022, section 5.1: they fit what was measured on phones).
enum TrainingDuration {
  /// - Parameter key: the task's address.
  static func drawn(_ key: RandomKey) -> Double {
    var stream = key.generator
    // Box and Muller's transform; 1 - u is never 0.
    let radius = (-2 * tributary_logarithm(1 - stream.uniformDouble())).squareRoot()
    return abs(radius * tributary_cosine(2 * .pi * stream.uniformDouble()))
  }
}
