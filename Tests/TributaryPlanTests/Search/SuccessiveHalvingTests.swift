import Testing
import TributaryPlan

@Suite struct SuccessiveHalvingTests {
  typealias Job = SuccessiveHalving.Job

  /// All jobs, in order, where trial t measures `value(t, rung)`.
  private func jobs(
    _ halving: inout SuccessiveHalving, limit: Int = .max, _ value: (Int, Int) -> Double?
  ) -> [Job] {
    var done: [Job] = []
    while done.count < limit, let job = halving.next {
      halving.record(job, .init(value: value(job.trial, job.rung)))
      done.append(job)
    }
    return done
  }

  @Test(arguments: [
    (9, 1, 3, [1, 3, 9]), (10, 1, 3, [1, 3, 10]), (100, 5, 4, [6, 25, 100]), (1, 1, 3, [1]),
    (4, 9, 2, [4]),
  ])
  func rungsGoDownFromTheLongest(_ longest: Int, _ shortest: Int, _ eta: Int, _ levels: [Int]) {
    let halving = SuccessiveHalving(trials: 1, longest: longest, shortest: shortest, eta: eta)
    #expect(halving.levels == levels)
  }

  /// Worked out by hand from algorithm 2: a trial goes on as soon as it is among the best third of its rung.
  @Test func promotesAsSoonAsItMay() {
    var halving = SuccessiveHalving(trials: 9, longest: 9, shortest: 1, eta: 3)
    let values: [Double] = [0.1, 0.5, 0.3, 0.2, 0.9, 0.8, 0.4, 0.7, 0.6]
    let order = jobs(&halving) { trial, _ in values[trial] }
    let expected = [
      (0, 0), (1, 0), (2, 0), (1, 1), (3, 0), (4, 0), (4, 1), (5, 0), (5, 1), (4, 2), (6, 0),
      (7, 0), (8, 0), (7, 1),
    ]
    #expect(order == expected.map { Job(trial: $0.0, rung: $0.1) })
    #expect(halving.ranking(of: 0) == [4, 5, 7, 8, 1, 6, 2, 3, 0])
    #expect(halving.winner == Job(trial: 4, rung: 2))
  }

  @Test func whatFailsGoesOnNowhere() {
    var halving = SuccessiveHalving(trials: 4, longest: 2, shortest: 1, eta: 2)
    let order = jobs(&halving) { trial, _ in trial == 3 ? 0.25 : trial == 0 ? .nan : nil }
    #expect(order.last == Job(trial: 3, rung: 1) && order.count == 5)
    #expect(halving.winner == Job(trial: 3, rung: 1))
    var lost = SuccessiveHalving(trials: 2, longest: 1, shortest: 1, eta: 2)
    _ = jobs(&lost) { _, _ in nil }
    #expect(lost.winner == nil)
  }

  @Test func equalValuesGoByLossThenNumber() {
    var halving = SuccessiveHalving(trials: 3, longest: 1, shortest: 1, eta: 3)
    for (trial, loss) in [(0, 0.5), (1, 0.5), (2, 0.4)] {
      halving.record(Job(trial: trial, rung: 0), .init(value: 0.7, loss: loss))
    }
    #expect(halving.ranking(of: 0) == [2, 0, 1])
  }

  @Test func aLossIsBetterWhenLower() {
    var halving = SuccessiveHalving(
      trials: 3, longest: 1, shortest: 1, eta: 3, isLowerBetter: true)
    _ = jobs(&halving) { trial, _ in [2, 1, 3][trial] }
    #expect(halving.ranking(of: 0) == [1, 0, 2])
  }

  /// Time may lower the number of trials, and do nothing else.
  @Test func endingEarlyIsTheSameAsFewerTrials() {
    func value(_ trial: Int, _ rung: Int) -> Double { Double((trial * 7 + rung * 3) % 11) }
    for count in 1...12 {
      var few = SuccessiveHalving(trials: count, longest: 9, shortest: 1, eta: 3)
      let expected = jobs(&few, value)
      var many = SuccessiveHalving(trials: 30, longest: 9, shortest: 1, eta: 3)
      var order: [Job] = []
      while let job = many.next {
        if job.rung == 0, job.trial == count {
          many.beginNoMore()
          continue
        }
        many.record(job, .init(value: value(job.trial, job.rung)))
        order.append(job)
      }
      #expect(order == expected && many.winner == few.winner)
    }
  }
}
