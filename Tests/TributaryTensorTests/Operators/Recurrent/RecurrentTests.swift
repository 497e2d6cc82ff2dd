import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// What the golden cases of the operator table do not say.
struct RecurrentTests {
  /// Small, so that the walk forgets rounding errors instead of letting them grow.
  private func weights(_ cell: RecurrentCell, inputs: Int, units: Int) -> RecurrentWeights {
    let rows = cell.gates * units
    return RecurrentWeights(
      input: Reference.random([rows, inputs], "input") * 0.1,
      hidden: Reference.random([rows, units], "hidden") * 0.1,
      biases: (Reference.random([rows], "a"), Reference.random([rows], "b")))
  }

  /// A batch and units as large as in practice, where sequences are spread over threads, and of the larger ones units.
  @Test(arguments: RecurrentCell.allCases, [(1, 200), (2, 200), (2, 300)])
  func fusedEqualsElementary(cell: RecurrentCell, setting: (threads: Int, units: Int)) {
    let (threads, units) = setting
    let before = ComputeThreads.count
    ComputeThreads.pin(threads)
    defer { ComputeThreads.pin(before) }
    let x = Reference.random([9, 9, 21], "x").variable()
    let weights = weights(cell, inputs: 21, units: units)
    let lengths = Tensor((0..<9).map { Int32($0 % 9 + 1) }, shape: [9])
    let zeros = Tensor.zeros([9, units])
    let walk = RecurrentWalk(
      cell: cell, shape: RecurrentShape(x, cell, weights, nil, lengths), lengths: lengths,
      isReversed: true)
    let inputs =
      [x, weights.input.variable(), weights.hidden.variable(), zeros]
      + (cell == .lstm ? [zeros] : [])
      + [weights.biases?.input, weights.biases?.hidden].compactMap { $0 }
    let slow = walk.composite(RecurrentOperands(inputs, cell))
    var fastWeights = weights
    (fastWeights.input, fastWeights.hidden) = (inputs[1], inputs[2])
    let fast = recurrent(
      x, cell: cell, weights: fastWeights, lengths: lengths, reversed: true
    ).output
    let expected = slow.sliced(axis: 0, 0..<9)
    #expect(difference(fast.floats(), expected.floats(), absolute: 1e-5) == nil)
    let seed = Reference.random([9, 9, units], "seed")
    let points = Array(inputs[..<3])
    let slopes = zip(
      gradient(of: fast, at: points, seed: seed), gradient(of: expected, at: points, seed: seed))
    for (found, wanted) in slopes {
      #expect(difference(found.floats(), wanted.floats(), absolute: 1e-4, relative: 1e-4) == nil)
    }
  }

  /// As one walk over all steps is several over some of them.
  @Test(arguments: RecurrentCell.allCases) func goesOnWhereItStopped(cell: RecurrentCell) {
    let x = Reference.random([7, 2, 5], "x")
    let weights = weights(cell, inputs: 5, units: 6)
    let whole = recurrent(x, cell: cell, weights: weights)
    let first = recurrent(x.sliced(axis: 0, 0..<3), cell: cell, weights: weights)
    let rest = recurrent(
      x.sliced(axis: 0, 3..<7), cell: cell, weights: weights, initial: first.final)
    #expect(
      difference(rest.final.hidden.floats(), whole.final.hidden.floats(), absolute: 1e-6) == nil)
    #expect(
      difference(
        rest.output.floats(), whole.output.sliced(axis: 0, 3..<7).floats(), absolute: 1e-6) == nil)
  }
}
