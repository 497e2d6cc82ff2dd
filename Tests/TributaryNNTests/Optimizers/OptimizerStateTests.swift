import Testing
import TributaryCore
import TributaryNN
import TributaryTensor

/// What an optimiser remembers can be put into a fresh one, and what each tensor's rate is multiplied by counts.
@Suite struct OptimizerStateTests {
  private static let kinds: [@Sendable () -> any Optimizer] = [
    { SGD() }, { SGD(momentum: 0.9, nesterov: true, weightDecay: 0.01) }, { AdamW() },
  ]

  private func gradient(_ step: Int) -> ParameterTree<Tensor> {
    func values(_ shift: Int) -> [Float] {
      (0..<600).map { Float(($0 * 7 + step * 13 + shift) % 23 - 11) / 11 * ($0 < 300 ? 1 : 0) }
    }
    return ["a": Tensor(values(0), shape: [30, 20]), "b.c/d": Tensor(values(5), shape: [600])]
  }

  private var start: ParameterTree<Tensor> {
    ["a": .full([30, 20], 1), "b.c/d": .full([600], 0.5)]
  }

  private func run(
    _ optimizer: inout any Optimizer, _ parameters: inout ParameterTree<Tensor>, _ steps: Range<Int>
  ) {
    for step in steps { optimizer.step(&parameters, gradients: gradient(step), learningRate: 0.1) }
  }

  @Test(arguments: 0..<3)
  func goesOnWithTheSameBits(kind: Int) throws {
    var whole = Self.kinds[kind]()
    var expected = start
    run(&whole, &expected, 0..<6)
    var first = Self.kinds[kind]()
    var parameters = start
    run(&first, &parameters, 0..<3)
    var second = Self.kinds[kind]()
    second.state = try first.state.mapValues { try Tensor($0.host()) }
    run(&second, &parameters, 3..<6)
    for name in expected.names {
      #expect(parameters[name]?.floats() == expected[name]?.floats(), "\(name)")
    }
  }

  @Test(arguments: 0..<3)
  func aRateIsOfOneTensor(kind: Int) {
    var scaled = Self.kinds[kind]()
    scaled.rates = ["a": 0.25]
    var parameters = start
    scaled.step(&parameters, gradients: gradient(0), learningRate: 0.1)
    var quarter = Self.kinds[kind]()
    var slower = start
    quarter.step(&slower, gradients: gradient(0), learningRate: 0.025)
    var plain = Self.kinds[kind]()
    var usual = start
    plain.step(&usual, gradients: gradient(0), learningRate: 0.1)
    #expect(parameters["a"]?.floats() == slower["a"]?.floats())
    #expect(parameters["b.c/d"]?.floats() == usual["b.c/d"]?.floats())
  }
}
