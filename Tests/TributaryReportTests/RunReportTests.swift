import Foundation
import FoundationXML
import Testing
import TributaryCore
@testable import TributaryCoordinator
import TributaryFederation
import TributaryPlan
@testable import TributaryReport
import TributaryTestKit

@Suite struct RunReportTests {
  private let fixture = ReportFixture()

  private func html(_ histories: RunHistory...) throws -> String {
    try RunReport(histories).html()
  }

  private func rounds(_ accuracies: Double...) -> [RunEvent.RoundCompleted] {
    accuracies.enumerated().map {
      ReportFixture.round(
        $0.offset + 1, metrics: ["accuracy": $0.element, "loss": 1 - $0.element / 3])
    }
  }

  @Test func thePageIsWellFormedAndWholeInItself() throws {
    let page = try html(fixture.history(rounds: rounds(0.25, 0.5, 0.8125)))
    let parser = XMLParser(data: Data(page.utf8))
    let reader = PageReader()
    parser.delegate = reader
    #expect(
      parser.parse(), "\(parser.parserError?.localizedDescription ?? "") at \(parser.lineNumber)")
    #expect(page.hasPrefix("<!DOCTYPE html>\n<html"))
    #expect(reader.count(of: "figure") == 2 && reader.count(of: "script") == 1)
    // Nothing is fetched: no element that could, no address, and a policy that forbids it.
    for name in ["link", "img", "iframe", "object", "embed", "use", "image", "base", "form", "a"] {
      #expect(reader.count(of: name) == 0, "\(name)")
    }
    #expect(!reader.attributes.contains("src") && !reader.attributes.contains("href"))
    #expect(!page.contains("://") && !page.contains("@import") && !page.contains("url("))
    #expect(page.contains("default-src &#39;none&#39;"))
  }

  @Test func theNumbersAreTheRuns() throws {
    let page = try html(fixture.history(rounds: rounds(0.25, 0.5, 0.8125)))
    for value in [0.25, 0.5, 0.8125, 1 - 0.8125 / 3] {
      #expect(page.contains("data-value=\"\(value)\""), "\(value)")
    }
    #expect(page.contains("<td data-value=\"0.8125\">0.8125</td>"))
    #expect(page.contains("<td data-value=\"6000\">6.0 kB</td>"))
    #expect(page.contains("<td data-value=\"0.75\">0.75</td>"))
    #expect(page.contains(Digest(of: "run").hex) && page.contains("<td>complete</td>"))
    #expect(page.contains("<title>\(fixture.folder("run")), accuracy, round 3: 0.8125</title>"))
    #expect(page.contains("<td>client-0000</td><td>3</td><td>0</td>"))
    #expect(page.contains("<td>fedavg-2nn</td>"))
  }

  @Test func anUnfinishedRunIsShownAsFarAsItIs() throws {
    let page = try html(fixture.history(rounds: rounds(0.25, 0.5), isComplete: false))
    #expect(page.contains("<td>not complete</td><td data-value=\"2\">2 of 3</td>"))
    #expect(page.contains("<td data-value=\"3000\">3.0 kB</td>"), "the rounds' sum")
    _ = try html(fixture.history("begun", rounds: [], isComplete: false))
  }

  @Test func severalRunsLieOverEachOther() throws {
    let page = try html(
      fixture.history("a", rounds: rounds(0.25, 0.5, 0.75)),
      fixture.history(
        "b", plan: ReportFixture.plan(epochs: 5, strategy: "reptile"), rounds: rounds(0.3, 0.6)))
    #expect(page.split(separator: "<figure>").count == 3, "a chart for each measure, not run")
    #expect(page.split(separator: "<g class=\"run-1\">").count == 3)
    let plan = try #require(page.split(separator: "<table class=\"plan\">").dropFirst().first)
    let keys = plan.split(separator: "<tr>").dropFirst().compactMap { row in
      row.firstMatch(of: #/class="(differs|same)">([^<]*)</#).map { "\($0.1) \($0.2)" }
    }
    #expect(
      keys.prefix(3) == [
        "differs federation.strategy.kind", "differs local.epochs", "same backbone.architecture",
      ])
    #expect(page.contains("local.epochs</th><td>1</td><td>5</td>"))
  }

  @Test func personalModelsHaveTheirSpread() throws {
    let metrics = [
      "accuracy": 0.5, "personalAccuracy": 0.6, "personalAccuracyP10": 0.4,
      "personalAccuracyWorst": 0.1, "trainLoss": 2,
    ]
    let page = try html(fixture.history(rounds: [ReportFixture.round(1, metrics: metrics)]))
    #expect(page.contains("personalAccuracyWorst, round 1: 0.1</title>"))
    #expect(page.contains("stroke-dasharray=\"2 3\"") && page.contains("stroke-dasharray=\"7 4\""))
    #expect(page.contains("<figcaption>train loss</figcaption>"))
  }

  @Test func hostileTextStaysText() throws {
    let attack = "</script></title><script>alert(1)</script><img src=x onerror='a()' \"b\" ]]>"
    var plan = ReportFixture.plan(name: attack, strategy: attack)
    plan.data.train = attack
    let dropped = DroppedClient(client: ClientID(index: 9), reason: attack + "\u{0}\u{202e}")
    let history = try fixture.history(
      "<b>&folder", plan: plan,
      rounds: [ReportFixture.round(1, metrics: ["accuracy": 1, attack: 2], dropped: [dropped])])
    let page = try html(history)
    let parser = XMLParser(data: Data(page.utf8))
    let reader = PageReader()
    parser.delegate = reader
    #expect(parser.parse(), "\(parser.lineNumber)")
    #expect(reader.count(of: "script") == 1 && reader.count(of: "img") == 0)
    #expect(reader.count(of: "i") == 0 && reader.count(of: "b") == 0)
    #expect(reader.text.contains(attack), "it is shown as it is")
    #expect(page.contains("<td>client-0009</td><td>0</td><td>1</td>"))
  }

  @Test func numbersBeyondReasonDoNotEndIt() throws {
    var round = ReportFixture.round(1, metrics: ["loss": 1e308, "accuracy": -1e308])
    round.bytesDown = .max
    let page = try html(
      fixture.history(
        rounds: [round, ReportFixture.round(2, metrics: ["loss": -1e308])], isComplete: false))
    #expect(!page.contains("nan") && page.contains("data-value=\"\(Int.max)\""))
  }

  @Test func noRunAndARunTwiceAreRefused() throws {
    #expect(throws: TributaryError.self) { try RunReport([]) }
    let history = try fixture.history(rounds: [])
    let error = #expect(throws: TributaryError.self) { try RunReport([history, history]) }
    #expect(error?.code == "report.repeated")
  }
}

/// What an XML reader finds on a page.
private final class PageReader: NSObject, XMLParserDelegate {
  private var elements: [String: Int] = [:]
  private(set) var attributes: Set<String> = []
  private(set) var text = ""

  func count(of name: String) -> Int { elements[name, default: 0] }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    self.attributes.formUnion(attributes.keys)
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
