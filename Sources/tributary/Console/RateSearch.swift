import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryStorage
import TributaryTransfer
import TributaryWorker

/// `finetune --find-learning-rate`: the range test, as a curve and a file.
struct RateSearch {
  private let finder: LearningRateFinder
  private let output: String

  init(_ prepared: PreparedRun, output: String) {
    finder = LearningRateFinder(prepared)
    self.output = output
  }

  func run(on train: Dataset) throws {
    let cancellation = Cancellation()
    let trap = SignalTrap { cancellation.cancel() }
    defer { withExtendedLifetime(trap) {} }
    let outcome: LearningRateFinder.Outcome
    do {
      outcome = try finder.run(on: train, watch: .init(isCancelled: { cancellation.isCancelled }))
    } catch is CancellationError {
      throw ExitCode(130)
    }
    let rows = outcome.points.map { "\($0.learningRate),\($0.loss),\($0.smoothedLoss)\n" }
    let text = "learningRate,loss,smoothedLoss\n" + rows.joined()
    try DurableFile.write(Bytes(copying: Array(text.utf8)), to: "\(output)/rates.csv")
    show(outcome.points)
    guard let rate = outcome.suggestion else {
      return Text.emit("the loss never fell: no rate to suggest")
    }
    Text.emit("suggestion: --set local.optimizer.learningRate=\(String(format: "%.2g", rate))")
  }

  /// One bar for every fifth step.
  private func show(_ points: [LearningRateFinder.Point]) {
    let lowest = points.map(\.smoothedLoss).min() ?? 0
    let span = max(
      1e-12,
      min(2 * (points.first?.smoothedLoss ?? 1), points.map(\.smoothedLoss).max() ?? 1) - lowest)
    for point in points.enumerated().filter({ $0.offset % 5 == 0 }).map(\.element) {
      let share = min(1, max(0, (point.smoothedLoss - lowest) / span))
      Text.emit(
        "\(Text.right(String(format: "%.1e", point.learningRate), 9))  "
          + "\(Text.right(Text.decimal(point.smoothedLoss, 4), 9))  "
          + String(repeating: "#", count: Int((share * 40).rounded())))
    }
  }
}
