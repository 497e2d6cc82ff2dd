import TributaryPlan

/// A search as a person reads it.
struct SearchTable {
  private let report: SearchReport

  init(_ report: SearchReport) { self.report = report }

  /// What is going to be tried.
  var beginning: [String] {
    let lengths = report.levels.map(String.init).joined(separator: ", ")
    return [
      "search: \(report.trials.count) trials of \(lengths) \(report.unit), by \(report.metric) of examples held out"
    ] + report.leftOut.map { "  left out: \($0)" }
  }

  func line(_ done: SearchReport.Done) -> String {
    let choice = report.trials[done.job.trial].choice
    let value = done.score.value.map { "\(report.metric) \(Text.decimal($0, 4))" }
    return "  trial \(Text.left("\(done.job.trial)", 4))\(Text.left(choice.name, 32))"
      + "\(Text.right("\(report.levels[done.job.rung])", 5)) \(report.unit)  "
      + (value ?? "failed: \(done.reason ?? "")")
  }

  /// A line a trial, the longest trainings and the best first, and the choice.
  func lines(_ chosen: SearchReport.Chosen, file: String) -> [String] {
    let header =
      ["trial", "choice"] + report.levels.map { "\($0) \(report.unit)" } + ["seconds"]
    let rows = order.map { trial -> [String] in
      let done = report.jobs(of: trial)
      let values = report.levels.indices.map { rung in
        done.first { $0.job.rung == rung }.map { Text.decimal($0.score.value, 4) } ?? ""
      }
      return ["\(trial)", report.trials[trial].choice.name] + values
        + [Text.decimal(done.reduce(0) { $0 + $1.seconds }, 1)]
    }
    let cut = report.cut.map {
      ["  \(begun) of \(report.trials.count) trials began: \($0)"]
    }
    return [""] + Text.table([header] + rows, leading: 2) + (cut ?? []) + [
      "  \(report.cost) \(report.unit) in \(Text.decimal(report.seconds, 1)) s",
      "chosen: trial \(chosen.trial), \(report.trials[chosen.trial].choice.name): \(chosen.why)",
      "run file \(file)", "",
    ]
  }

  private var begun: Int { Set(report.jobs.map(\.job.trial)).count }

  private var order: [Int] {
    report.trials.indices.filter { !report.jobs(of: $0).isEmpty }.sorted { a, b in
      rank(a) < rank(b)
    }
  }

  private func rank(_ trial: Int) -> (Int, Double, Int) {
    let last = report.jobs(of: trial).last
    let sign = report.isLowerBetter ? 1.0 : -1.0
    return (-(last?.job.rung ?? 0), (last?.score.value).map { sign * $0 } ?? .infinity, trial)
  }
}

extension SearchSpace.Choice {
  /// `lora rank 8, rate 0.01`
  var name: String { candidate.name + (learningRate.map { ", rate \($0)" } ?? "") }
}
