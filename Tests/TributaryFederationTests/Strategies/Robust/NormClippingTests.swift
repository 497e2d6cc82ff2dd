import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct NormClippingTests {
  private func clipped(
    _ delta: ParameterTree<HostTensor>, _ options: [String: Double]
  ) throws -> ParameterTree<HostTensor> {
    var contribution = Contribution(client: ClientID(index: 0), round: 1, exampleCount: 10)
    return try StrategyRegistry.make(StrategyPlan(kind: "norm-clipping", options: options))
      .postProcessed(delta, of: &contribution, buffers: [])
  }

  private let delta: ParameterTree<HostTensor> = [
    "a": HostTensor([3, 0], shape: [2]), "b": HostTensor([-4], shape: [1]),
    "count": Fixture.counter(70),
  ]

  @Test func aLongUpdateIsScaledToTheBound() throws {
    // The length is 5, over all tensors together; counters are no part of it.
    let found = try clipped(delta, ["maximumNorm": 1])
    #expect(try found["a"]?.floats() == [Float(3.0 / 5), 0])
    #expect(try found["b"]?.floats() == [Float(-4.0 / 5)])
    #expect(found["count"] == Fixture.counter(70))
  }

  @Test func aShortUpdateStaysAsItIs() throws {
    #expect(try clipped(delta, ["maximumNorm": 5]) == delta)
    #expect(try clipped(delta, ["maximumNorm": 100]) == delta)
    #expect(try clipped(delta, [:]) != delta)
  }

  @Test func whatIsNotFiniteIsLeftToBeRefused() throws {
    let bad: ParameterTree<HostTensor> = ["w": HostTensor([.infinity, 1], shape: [2])]
    #expect(try clipped(bad, [:]) == bad)
  }
}
