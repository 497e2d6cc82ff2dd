import Testing
import TributaryCore

@testable import TributaryTensor

struct ComputeTeamTests {
  /// Every step sums what all members wrote in the step before; more members than cores, too.
  @Test(arguments: [1, 2, 3]) func membersSeeWhatOthersDidBefore(threads: Int) {
    let before = ComputeThreads.count
    ComputeThreads.pin(threads)
    defer { ComputeThreads.pin(before) }
    let steps = 300
    let cells = Tensor.zeros([steps, threads])
    let values = cells.data
    ComputeTeam.run(threads) { member in
      for step in 1..<steps {
        for index in stride(from: member.index, to: threads, by: member.count) {
          values[step * threads + index] = Self.next(values + (step - 1) * threads, threads, index)
        }
        member.meet()
      }
    }
    let expected = Tensor.zeros([steps, threads])
    for step in 1..<steps {
      for index in 0..<threads {
        expected.data[step * threads + index] = Self.next(
          expected.data + (step - 1) * threads, threads, index)
      }
    }
    #expect(cells.floats() == expected.floats())
    #expect(cells.floats().last != 0)
  }

  private static func next(
    _ row: UnsafeMutablePointer<Float>, _ count: Int, _ index: Int
  ) -> Float {
    let sum = (0..<count).reduce(Float(index + 1)) { $0 + row[$1] }
    return sum.truncatingRemainder(dividingBy: 1009)
  }
}
