import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct AdamWStepTests {
  /// More than one run of elements; the last ones get no gradient before the third step.
  private let count = 700
  private var start: [Float] { (0..<count).map { Float($0 % 37) * 0.1 - 1.5 } }

  private func gradient(_ step: Int) -> [Float] {
    (0..<count).map { index in
      index >= 300 && step < 2 ? 0 : Float((index * 7 + step * 5) % 11) * 0.3 - 1.2
    }
  }

  @Test func equalsItsFormula() {
    var parameter = Tensor(start, shape: [count])
    var moments = AdamWMoments(shape: [count])
    var expected = start.map(Double.init)
    var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for step in 1...4 {
      let gradient = gradient(step - 1)
      adamWStep(
        &parameter, gradient: Tensor(gradient, shape: [count]), moments: &moments,
        learningRate: 1e-2, weightDecay: 0.1)
      let bias1 = 1 - (0..<step).reduce(1.0) { p, _ in p * 0.9 }
      let bias2 = 1 - (0..<step).reduce(1.0) { p, _ in p * 0.999 }
      for i in 0..<count {
        let g = Double(gradient[i])
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        expected[i] *= 1 - 1e-2 * 0.1
        expected[i] -= 1e-2 / bias1 * m[i] / ((v[i] / bias2).squareRoot() + 1e-8)
      }
    }
    #expect(moments.step == 4)
    #expect(difference(parameter.floats(), expected.map { Float($0) }, absolute: 1e-6) == nil)
  }

  /// Elements that have had no gradient take the short way; it must not change a bit.
  @Test func sleepingRunsGetTheSameBits() {
    func steps(_ seen: Int) -> [Float] {
      var parameter = Tensor(start, shape: [count])
      var moments = AdamWMoments(shape: [count])
      for step in 0..<4 {
        var values = gradient(step)
        // A tiny gradient in the first element of a run wakes the run; its neighbours stay at 0.
        if step == 0 && seen == 1 { values[512] = 1e-30 }
        adamWStep(
          &parameter, gradient: Tensor(values, shape: [count]), moments: &moments,
          learningRate: 1e-2, weightDecay: 0.1)
      }
      return parameter.floats()
    }
    let (asleep, awake) = (steps(0), steps(1))
    #expect(asleep[513...].elementsEqual(awake[513...]))
    #expect(asleep[..<512].elementsEqual(awake[..<512]))
  }

  /// A table's gradient in rows, some looked up twice, takes a way of its own; rows lie across runs.
  @Test func rowsGetTheBitsOfTheWholeTable() throws {
    let shape: Shape = [90, 24]
    let batches: [[Int32]] = [[3, 89, 3], [0, 10, 11, 12], [3, 50]]
    func steps(_ gradient: (FactoredGradient) -> FactoredGradient) throws -> [Float] {
      var table = Reference.random(shape, "table")
      var moments = AdamWMoments(shape: shape)
      for ids in batches {
        let weights = Reference.random([ids.count, 24], "batch \(ids.count)")
        let (_, gradients) = try valueAndFactoredGradient(
          of: {
            let rows = embedding(try #require($0["table"]), ids: Tensor(ids, shape: [ids.count]))
            return (rows * weights).sum()
          }, at: ["table": table])
        let whole = try #require(gradients["table"])
        #expect(whole.onlyRows?.count == 1)
        adamWStep(
          &table, gradient: gradient(whole), moments: &moments, learningRate: 1e-2,
          weightDecay: 0.1)
      }
      return table.floats()
    }
    let rows = try steps { $0 }
    let whole = try steps { FactoredGradient($0.tensor) }
    #expect(rows == whole)
    let halves = try steps { $0 * 0.5 + $0 * 0.5 }
    #expect(difference(halves, whole, absolute: 1e-6) == nil)
  }
}
