internal import TributaryCore
internal import TributaryFederation

/// What every client measured of the result after the last round.
struct ClientSurvey: Sendable {
  let number: Int
  let cohort: [ClientID]
  let startedAt: Double
  private(set) var answers: [ClientID: Contribution] = [:]

  init(number: Int, cohort: [ClientID], startedAt: Double) {
    self.number = number
    self.cohort = cohort
    self.startedAt = startedAt
  }

  /// What the evaluation measures; anything else that a peer reports is left out.
  private static let names = Set(
    ["global", "personal", "tuned", "scratch", "head"].flatMap { ["\($0)Loss", "\($0)Accuracy"] }
      + ["keptAccuracy", TrainingMetrics.negativeTransfer])

  mutating func add(_ answer: Contribution) {
    var answer = answer
    answer.metrics = answer.metrics.filter { Self.names.contains($0.key) && $0.value.isFinite }
    answers[answer.client] = answer
  }

  /// In the order of the clients' names.
  private var sorted: [Contribution] {
    answers.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The spread over all clients.
  var metrics: [String: Double] { TrainingMetrics.mean(of: sorted) }

  /// A line a client: its name, its number of examples, and what it measured, by name.
  var csv: String {
    let answers = sorted
    let names = Set(answers.flatMap(\.metrics.keys)).sorted()
    let lines = answers.map { answer in
      ([answer.client.name, "\(answer.exampleCount)"]
        + names.map { answer.metrics[$0].map { "\($0)" } ?? "" }).joined(separator: ",")
    }
    return ([(["client", "examples"] + names).joined(separator: ",")] + lines)
      .joined(separator: "\n") + "\n"
  }
}
