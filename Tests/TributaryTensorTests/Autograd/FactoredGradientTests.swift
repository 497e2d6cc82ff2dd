import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct FactoredGradientTests {
  private let x = Reference.random([5, 20], "x")
  private let parameters: ParameterTree<Tensor> = [
    "weight": Reference.random([12, 20], "weight"), "bias": Reference.random([12], "bias"),
    "square": Reference.random([12, 12], "square"),
  ]

  /// `square` is used twice, once as a table, so that its gradient is a sum of both kinds.
  private func loss(_ p: ParameterTree<Tensor>) throws -> Tensor {
    let square = try #require(p["square"])
    let h = linear(x, weight: try #require(p["weight"]), bias: p["bias"]).tanh()
    let rows = embedding(square, ids: Tensor([0, 3, 3, 11, 0] as [Int32], shape: [5]))
    return (linear(h, weight: square) * rows).squared().sum()
  }

  @Test func isTheGradient() throws {
    let (value, plain) = try valueAndGradient(of: loss, at: parameters)
    let (sameValue, factored) = try valueAndFactoredGradient(of: loss, at: parameters)
    #expect(value.item == sameValue.item)
    #expect(factored["weight"]?.factors.count == 1 && factored["weight"]?.sum == nil)
    #expect(factored["square"]?.factors.count == 1 && factored["square"]?.rows.count == 1)
    #expect(factored["square"]?.sum == nil)
    #expect(factored["bias"]?.factors.isEmpty == true)
    for (name, gradient) in plain {
      let found = try #require(factored[name]).tensor
      #expect(difference(found.floats(), gradient.floats(), absolute: 1e-4, relative: 1e-5) == nil)
    }
  }

  @Test func largeBatchesAreMultipliedOut() throws {
    let x = Reference.random([40, 20], "many")
    let (_, gradient) = try valueAndFactoredGradient(
      of: { linear(x, weight: try #require($0["weight"])).squared().sum() }, at: parameters)
    #expect(gradient["weight"]?.factors.isEmpty == true)
    #expect(gradient["bias"]?.tensor.floats() == [Float](repeating: 0, count: 12))
  }

  @Test(arguments: [0, 0.3] as [Float]) func descendsAlongIt(weightDecay: Float) throws {
    let (_, plain) = try valueAndGradient(of: loss, at: parameters)
    let (_, factored) = try valueAndFactoredGradient(of: loss, at: parameters)
    for (name, start) in parameters {
      var (expected, found) = (start, start)
      var velocity: Tensor?
      sgdStep(
        &expected, gradient: try #require(plain[name]), velocity: &velocity, learningRate: 0.01,
        weightDecay: weightDecay)
      descend(
        &found, along: try #require(factored[name]), learningRate: 0.01, weightDecay: weightDecay)
      #expect(difference(found.floats(), expected.floats(), absolute: 1e-5, relative: 1e-5) == nil)
      #expect(start.floats() == parameters[name]?.floats())
    }
  }

  /// The pool's counters are the whole process': other suites run beside this one, so the step is repeated
  /// until nobody else asked for memory meanwhile.
  @Test func aStepOfFixedShapeAllocatesNothing() throws {
    ComputeThreads.pin(1)
    var parameters = parameters
    func step() throws {
      let (_, gradient) = try valueAndFactoredGradient(of: loss, at: parameters)
      parameters.updateValues { name, value in
        guard let gradient = gradient[name] else { return }
        descend(&value, along: gradient, learningRate: 1e-4)
      }
    }
    for _ in 0..<3 { try step() }
    let storage = parameters.values.map { ObjectIdentifier($0.storage) }
    let quiet = try (0..<200).contains { _ in
      let before = MemoryPool.statistics.allocations
      try step()
      return MemoryPool.statistics.allocations == before
    }
    #expect(quiet)
    #expect(parameters.values.map { ObjectIdentifier($0.storage) } == storage)
  }
}
