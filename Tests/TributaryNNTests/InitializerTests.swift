import Testing
import TributaryCore

@testable import TributaryNN

@Suite struct InitializerTests {
  private let key = RandomKey(seed: 3)

  private func values(_ initializer: Initializer) throws -> [Float] {
    try initializer.makeTensor(shape: [100, 200], key: key).floats()
  }

  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (square / Double(values.count)).squareRoot())
  }

  @Test func uniformFillsItsRange() throws {
    let found = try values(.kaimingUniform(fanIn: 16))
    #expect(found.allSatisfy { -0.25 <= $0 && $0 < 0.25 })
    let (mean, deviation) = moments(found)
    #expect(mean.magnitude < 0.005)
    #expect((deviation - 0.25 / 3.0.squareRoot()).magnitude < 0.002)
  }

  @Test func normalHasItsDeviation() throws {
    let found = try values(.kaimingNormal(fan: 50))
    let (mean, deviation) = moments(found)
    #expect(mean.magnitude < 0.005)
    #expect((deviation - 0.2).magnitude < 0.003)
    // About 68 and 95 per cent within one and two deviations.
    let within = [1.0, 2].map { limit in
      Double(found.count { Double($0.magnitude) < limit * 0.2 }) / Double(found.count)
    }
    #expect((within[0] - 0.6827).magnitude < 0.01 && (within[1] - 0.9545).magnitude < 0.005)
  }

  @Test func constantsAndAddresses() throws {
    #expect(try values(.ones).allSatisfy { $0 == 1 })
    let spec = TensorSpec("layer.weight", [3, 3], initializer: .normal(standardDeviation: 1))
    let other = TensorSpec("layer.bias", [3, 3], initializer: .normal(standardDeviation: 1))
    #expect(spec.makeTensor(key: key) == spec.makeTensor(key: key))
    #expect(spec.makeTensor(key: key) != other.makeTensor(key: key))
    #expect(spec.makeTensor(key: key) != spec.makeTensor(key: RandomKey(seed: 4)))
  }
}
