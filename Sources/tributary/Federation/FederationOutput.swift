import Foundation
import TributaryCoordinator
import TributaryCore
import TributaryFederation

/// Shows a run's events: JSON lines, or a table that grows by a line each round.
struct FederationOutput: Sendable {
  var printsJSON: Bool
  /// Whether clients come and go, and are worth a line when they do.
  var showsMembership: Bool
  /// Whether clients measure models with examples of their own.
  var showsClients = false

  func show(_ event: RunEvent) {
    if printsJSON {
      Text.emit(event.line)
    } else if let text = text(of: event) {
      Text.emit(text)
    }
  }

  private func text(of event: RunEvent) -> String? {
    switch event {
    case .runStarted(let run): headline(run) + (showsMembership ? "" : "\n" + header)
    case .runResumed(let run):
      "\(headline(run)), resumed at round \(run.nextRound)"
        + (showsMembership ? "" : "\n" + header)
    case .clientJoined(let client, let worker, let count):
      showsMembership
        ? "  \(client) joined\(worker == client.name ? "" : " on \(worker)"): \(count) examples"
        : nil
    case .roundStarted(let round, _, _): showsMembership && round == 1 ? header : nil
    case .clientLeft(let client, let reason): "  \(client) left: \(reason)"
    case .clientRefused(let reason): "  refused: \(reason)"
    case .clientFailed(let client, let round, let reason):
      "  \(client) failed in round \(round): \(reason)"
    case .waiting(let waiting):
      "  \(waiting.have) of \(waiting.need) clients, waiting"
        + (waiting.seconds.map { " \(Int($0.rounded(.up))) s at most" } ?? "")
        + (waiting.missing.isEmpty
          ? "" : ": \(Text.list(waiting.missing.map(\.name), limit: 4)) missing")
    case .roundCompleted(let round): row(round)
    case .clientsEvaluated(let survey): spread(survey)
    case .runCompleted(let summary): closing(summary)
    case .runInterrupted(let round): "  interrupted in round \(round)"
    case .warning(let text): "  warning: \(text)"
    case .runFailed, .clientUpdated: nil
    }
  }

  private func headline(_ run: RunEvent.RunStarted) -> String {
    "\(run.name): \(run.strategy), \(run.rounds) rounds, \(run.movingElements) numbers move, "
      + "\(run.frozenElements) stay; \(run.directory)"
  }

  private var header: String {
    "  round  accuracy    loss  trainLoss" + (showsClients ? "  personal   worst" : "")
      + "      down        up  seconds  participants"
  }

  private func row(_ round: RunEvent.RoundCompleted) -> String {
    let columns = [
      Text.right("\(round.round)", 7),
      Text.right(Text.decimal(round.metrics["accuracy"], 4), 10),
      Text.right(Text.decimal(round.metrics["loss"], 4), 8),
      Text.right(Text.decimal(round.metrics["trainLoss"], 4), 11),
    ]
    let own = [
      Text.right(Text.decimal(round.metrics["personalAccuracy"], 4), 10),
      Text.right(Text.decimal(round.metrics["personalAccuracyWorst"], 4), 8),
    ]
    let traffic = [
      Text.right(Text.bytes(round.bytesDown), 10),
      Text.right(Text.bytes(round.bytesUp), 10),
      Text.right(Text.decimal(round.seconds, 2), 9),
    ]
    let dropped = round.dropped.map { "; \($0.client) dropped: \($0.reason)" }.joined()
    return (columns + (showsClients ? own : []) + traffic).joined() + "  "
      + Text.list(round.participants.map(\.name), limit: 5) + dropped
  }

  /// A line for each model that all clients measured.
  private func spread(_ survey: RunEvent.ClientsEvaluated) -> String {
    let dropped = survey.dropped.map { "; \($0.client) dropped: \($0.reason)" }.joined()
    let models = ["global", "personal", "tuned", "scratch", "head", "kept"].compactMap {
      name -> String? in
      let metric = name + "Accuracy"
      guard let mean = survey.metrics[metric] else { return nil }
      return "    \(Text.left(name, 8))  accuracy \(Text.decimal(mean, 4)), worst client "
        + "\(Text.decimal(survey.metrics[metric + "Worst"], 4)), 10th percentile "
        + "\(Text.decimal(survey.metrics[metric + "P10"], 4)), variance "
        + Text.decimal(survey.metrics[metric + "Variance"], 4)
    }
    let negative = survey.metrics["negativeTransfer"].map {
      "    negative transfer: \(Text.decimal($0 * 100, 1)) % of the clients are better off without"
    }
    return (["  all \(survey.clients) clients" + dropped] + models + (negative.map { [$0] } ?? []))
      .joined(separator: "\n")
  }

  private func closing(_ summary: RunSummary) -> String {
    let target = summary.roundsToTarget.map { rounds in
      "; the target after \(rounds) rounds"
        + (summary.bytesToTarget.map { " and \(Text.bytes($0))" } ?? "")
    }
    return """
      \(summary.rounds) rounds in \(Text.decimal(summary.seconds, 1)) s, \
      \(Text.bytes(summary.bytesDown)) down, \(Text.bytes(summary.bytesUp)) up\(target ?? "")
      model   \(summary.model)
      sha256  \(summary.digest)
      """
  }
}
