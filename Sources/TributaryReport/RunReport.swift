public import TributaryCoordinator
internal import TributaryCore
internal import TributaryPlan

/// One page about one or several runs: curves over rounds, results, plans, rounds, clients.
///
/// The page is whole in itself: it asks for nothing from anywhere, and its policy forbids a browser to.
public struct RunReport {
  let runs: [ReportRun]

  /// - Throws: `report.empty` for no run, `report.repeated` for a folder that is named twice.
  public init(_ histories: [RunHistory]) throws {
    guard !histories.isEmpty else {
      throw TributaryError("report.empty", "a report of no run", advice: "name a run's folder")
    }
    let names = histories.map(\.directory)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw TributaryError("report.repeated", "\(twice) is named twice", advice: "name it once")
    }
    runs = histories.enumerated().map { ReportRun(index: $0.offset, history: $0.element) }
  }

  /// The page as HTML, which is well-formed XML as well.
  public func html() throws -> String {
    let title = runs.count == 1 ? runs[0].history.plan.name : "\(runs.count) runs"
    let head = Markup.element(
      "head", [:],
      [
        .element("meta", ["charset": "utf-8"]),
        .element(
          "meta",
          ["http-equiv": "Content-Security-Policy", "content": ReportPage.contentSecurityPolicy]),
        .element("meta", ["name": "viewport", "content": "width=device-width"]),
        .element("title", [:], text: "\(title) – Tributary"),
        .element("style", [:], [ReportPage.style]),
      ])
    let parts = [results, curves] + (try leftBeside) + [try plans]
    let body = Markup.element(
      "body", [:],
      [.element("h1", [:], text: title)] + parts + runs.map(rounds) + runs.map(clients)
        + [.element("script", [:], [ReportPage.script])])
    let page = Markup.element("html", ["lang": "en"], [head, body])
    return "<!DOCTYPE html>\n\(page.text)\n"
  }

  /// All clients' accuracies, confusion, matrices and partitions, of the runs that left them.
  private var leftBeside: [Markup] {
    get throws {
      let files = try runs.map { run in
        (run, try RunFiles(of: DirectoryLayout(run.history.directory)))
      }
      let parts: [(ReportRun, RunFiles) -> Markup?] = [
        distributions, confusion, matrix, partition,
      ]
      return parts.flatMap { part in files.compactMap { part($0.0, $0.1) } }
    }
  }

  /// The charts: a title, and the metrics in it with their dashes.
  private static let charts: [(String, [(String, Chart.Dash)])] = [
    ("accuracy", [("accuracy", .solid)]), ("loss", [("loss", .solid)]),
    ("train loss", [("trainLoss", .solid)]),
    (
      "personal accuracy: mean, 10th percentile (dashed), worst client (dotted)",
      [
        ("personalAccuracy", .solid), ("personalAccuracyP10", .dashed),
        ("personalAccuracyWorst", .dotted),
      ]
    ),
    (
      "global model on the clients: mean, 10th percentile (dashed), worst client (dotted)",
      [
        ("globalAccuracy", .solid), ("globalAccuracyP10", .dashed),
        ("globalAccuracyWorst", .dotted),
      ]
    ),
  ]

  private var curves: Markup {
    let figures = Self.charts.compactMap { title, metrics in
      Chart(
        title: title,
        curves: runs.flatMap { run in
          metrics.map { metric, dash in
            Chart.Curve(
              run: run.index, label: "\(run.label), \(metric)", dash: dash,
              points: run.points(metric))
          }
        }.filter { !$0.points.isEmpty }
      ).markup
    }
    return .element("section", ["class": "charts"], figures)
  }
}
