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

  mutating func add(_ answer: Contribution) { answers[answer.client] = answer }

  /// In the order of the clients' names.
  private var sorted: [Contribution] {
    answers.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The spread over all clients.
  var metrics: [String: Double] { TrainingMetrics.mean(of: sorted) }

  /// A line a client: its name, its number of examples, and what it measured, by name.
  var csv: String {
    let answers = sorted
    let names = Set(answers.flatMap(\.metrics.keys)).subtracting(["seconds"]).sorted()
    let lines = answers.map { answer in
      ([answer.client.name, "\(answer.exampleCount)"]
        + names.map { answer.metrics[$0].map { "\($0)" } ?? "" }).joined(separator: ",")
    }
    return ([(["client", "examples"] + names).joined(separator: ",")] + lines)
      .joined(separator: "\n") + "\n"
  }
}
