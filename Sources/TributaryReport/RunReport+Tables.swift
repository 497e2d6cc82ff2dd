internal import TributaryCore
internal import TributaryCoordinator
internal import TributaryFederation
internal import TributaryPlan

extension RunReport {
  /// More clients than this are not listed.
  private static let clientLimit = 200

  /// A line a run: its colour and a box that hides it, its result, traffic and time.
  var results: Markup {
    let header =
      ["run", "strategy", "state", "rounds", "accuracy", "loss", "down", "up", "seconds"]
      + (hasTarget ? ["rounds to target", "bytes to target"] : []) + ["SHA-256 of the model"]
    return .element(
      "section", [:],
      [Self.table(header, runs.map(result), class: "results")])
  }

  private func result(_ run: ReportRun) -> [Markup] {
    let box = Markup.element(
      "label", [:],
      [
        .element(
          "input", ["type": "checkbox", "checked": "checked", "data-run": "run-\(run.index)"]),
        .element(
          "span", ["class": "swatch", "style": "background: \(Chart.color(run.index))"], text: " "),
        .escaped(run.label),
      ])
    let rounds = run.history.rounds.last?.round ?? 0
    return [
      .element("th", ["scope": "row"], [box]),
      Self.cell(run.history.plan.federation.strategy.kind), Self.cell(run.state),
      Self.cell("\(rounds) of \(run.history.plan.federation.rounds)", value: "\(rounds)"),
      Self.number(run.final("accuracy")), Self.number(run.final("loss")),
      Self.bytes(run.bytesDown), Self.bytes(run.bytesUp), Self.number(run.seconds, 2),
    ] + (hasTarget ? toTarget(run) : []) + [
      .element(
        "td", ["class": "digest"], text: run.history.summary.map { $0.digest.hex } ?? "–")
    ]
  }

  private var hasTarget: Bool {
    runs.contains { $0.history.plan.federation.stopping.target != nil }
  }

  /// The field's measure of how fast a run is: rounds, and bytes down and up, to the target of its plan.
  private func toTarget(_ run: ReportRun) -> [Markup] {
    guard let rounds = run.history.roundsToTarget else { return [Self.cell("–"), Self.cell("–")] }
    return [Self.cell("\(rounds)", value: "\(rounds)"), Self.bytes(run.bytes(through: rounds))]
  }

  /// All settings, a column a run; those in which the runs differ come first.
  var plans: Markup {
    get throws {
      let columns = try runs.map { run in
        Dictionary(try run.settings().map { ($0.key, $0.value) }) { first, _ in first }
      }
      let keys = Set(columns.flatMap(\.keys)).sorted()
      let differing = keys.filter { key in Set(columns.map { $0[key] }).count > 1 }
      let differs = Set(differing)
      let rows = (differing + keys.filter { !differs.contains($0) }).map { key in
        [
          Markup.element(
            "th", ["scope": "row", "class": differs.contains(key) ? "differs" : "same"], text: key)
        ] + columns.map { Self.cell($0[key] ?? "–") }
      }
      return Self.details(
        "Plan", isOpen: !differing.isEmpty,
        Self.table(["key"] + runs.map(\.label), rows, class: "plan"))
    }
  }

  /// A line a round, all its metrics in it.
  func rounds(_ run: ReportRun) -> Markup {
    let metrics = Set(run.history.rounds.flatMap(\.metrics.keys)).sorted()
    let header =
      ["round"] + metrics + ["participants", "dropped", "examples", "down", "up", "seconds"]
    let rows = run.history.rounds.map { round in
      [Self.cell("\(round.round)", value: "\(round.round)")]
        + metrics.map { Self.number(round.metrics[$0]) }
        + [
          Self.cell("\(round.participants.count)"), Self.cell("\(round.dropped.count)"),
          Self.cell("\(round.exampleCount)"), Self.bytes(round.bytesDown),
          Self.bytes(round.bytesUp), Self.number(round.seconds, 3),
        ]
    }
    return Self.details("Rounds of \(run.label)", Self.table(header, rows, class: "rounds"))
  }

  func clients(_ run: ReportRun) -> Markup {
    let all = run.participation
    let shown = all.prefix(Self.clientLimit)
    let rows = shown.map { client in
      [
        Self.cell(client.client.name), Self.cell("\(client.rounds)"),
        Self.cell("\(client.drops)"), Self.cell(client.lastReason ?? ""),
      ]
    }
    let rest = all.count - shown.count
    let title =
      "Clients of \(run.label): \(all.count)" + (rest > 0 ? ", \(shown.count) listed" : "")
    return Self.details(
      title,
      Self.table(
        ["client", "rounds it counted in", "rounds it was dropped from", "why last"], rows,
        class: "clients"))
  }

  static func details(
    _ title: String, isOpen: Bool = false, _ content: Markup
  ) -> Markup {
    let inner = [Markup.element("summary", [:], text: title), content]
    return isOpen
      ? .element("details", ["open": "open"], inner) : .element("details", [:], inner)
  }

  static func table(_ header: [String], _ rows: [[Markup]], class name: String) -> Markup {
    let top = Markup.element(
      "tr", [:], header.map { .element("th", ["scope": "col"], text: $0) })
    let table = Markup.element(
      "table", ["class": name],
      [
        .element("thead", [:], [top]),
        .element("tbody", [:], rows.map { .element("tr", [:], $0) }),
      ])
    return .element("div", ["class": "wide"], [table])
  }

  private static func cell(_ text: String) -> Markup { .element("td", [:], text: text) }

  /// What is read beside what is exact.
  private static func cell(_ text: String, value: String) -> Markup {
    .element("td", ["data-value": value], text: text)
  }

  private static func number(_ value: Double?, _ places: Int = 4) -> Markup {
    value.map { cell(ReportNumber.decimal($0, places), value: "\($0)") } ?? cell("–")
  }

  private static func bytes(_ count: Int) -> Markup {
    cell(ReportNumber.bytes(count), value: "\(count)")
  }
}
