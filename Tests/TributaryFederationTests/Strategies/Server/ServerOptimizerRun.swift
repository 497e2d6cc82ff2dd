import TributaryCore
import TributaryFederation
import TributaryPlan

/// A model of one number, 1 at first, under a server optimiser.
struct ServerOptimizerRun {
  let kind: String
  var options: [String: Double] = [:]

  /// The model after each round in which the mean update is 0.5, -0.25 and 0.125; where it is a `buffer`, as
  /// running statistics are.
  func values(isBuffer: Bool = false) throws -> [Float] {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind, options: options))
    var globals: ParameterTree<HostTensor> = ["w": HostTensor([1], shape: [1])]
    var state = try strategy.initialState(for: globals)
    return try ([0.5, -0.25, 0.125] as [Float]).enumerated().map { index, delta in
      let output = try strategy.step(
        ServerStepInput(
          globals: globals, mean: ["w": HostTensor([delta], shape: [1])],
          buffers: isBuffer ? ["w"] : [], state: state, round: index + 1, rounds: 3))
      (globals, state) = (output.globals, output.state)
      return try globals["w"]?.floats()[0] ?? .nan
    }
  }
}

/// Whether each of `found` is the number expected, up to float32's rounding.
func agree(_ found: [Float], _ expected: [Float]) -> Bool {
  found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 2e-6 }
}
