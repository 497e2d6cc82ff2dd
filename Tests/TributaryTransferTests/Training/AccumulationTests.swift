import Testing
import TributaryCore
import TributaryPlan
import TributaryTensor
import TributaryTransfer

@Suite struct AccumulationTests {
  /// A batch in parts, of unequal sizes too, is the batch at once up to rounding.
  @Test(arguments: [2, 3, 100])
  func partsAddUpToTheBatch(_ parts: Int) throws {
    let train = try TransferFixture.dataset(count: 40)
    func run(_ accumulate: Int) throws -> PooledTraining.Outcome {
      var plan = TransferFixture.plan(architecture: "fedavg-2nn")
      plan.local.accumulate = accumulate
      return try PooledTraining(PreparedRun(plan, example: train)).run(on: train)
    }
    let (whole, split) = (try run(1), try run(parts))
    #expect(abs(whole.loss - split.loss) < 1e-4)
    #expect(whole.accuracy == split.accuracy)
    for (name, tensor) in whole.tensors {
      let other = try #require(split.tensors[name]).floats()
      for (a, b) in zip(try tensor.floats(), other) { #expect(abs(a - b) < 1e-4, "\(name)") }
    }
  }
}
