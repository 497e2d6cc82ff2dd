import Foundation
import FoundationXML
import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@testable import TributaryCoordinator
@testable import TributaryReport

@Suite struct RunReportFilesTests {
  private let fixture = ReportFixture()

  private func page(_ files: [String: String], plan: RunPlan = ReportFixture.plan()) throws
    -> String
  {
    let rounds = [0.2, 0.6, 0.7].enumerated().map {
      ReportFixture.round($0.offset + 1, metrics: ["accuracy": $0.element])
    }
    let history = try fixture.history(plan: plan, rounds: rounds)
    for (name, text) in files {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(history.directory)/\(name)"))
    }
    return try RunReport([history]).html()
  }

  @Test func whatTheRunLeftIsShown() throws {
    let page = try page([
      "clients.csv":
        "client,examples,globalAccuracy,tunedAccuracy\nclient-0000,3,0.5,0.75\nclient-0001,4,0.25,1\n",
      "evaluation.json": "{\"classes\": [\"<i>a</i>\", \"b\"], \"confusion\": [[30, 10], [5, 0]]}",
      "matrix.csv": "model,client-0000,client-0001\nclient-0000,0.75,0.1\nclient-0001,0.3,1\n",
      "partition.json":
        "{\"summary\": {\"classes\": [\"a\"]}, \"clients\": [{\"client\": \"client-0000\", \"examples\": 9, \"labels\": [9]}]}",
    ])
    #expect(XMLParser(data: Data(page.utf8)).parse())
    #expect(page.contains("global model on 2 clients") && page.contains("tuned model on 2 clients"))
    #expect(!page.contains("personal model on"))
    #expect(page.contains("<table class=\"confusion\">") && page.contains("&lt;i&gt;a&lt;/i&gt;"))
    // Three quarters of the first class are right: 0.6 of the colour's depth.
    #expect(
      page.contains(
        "<td data-value=\"30.0\" style=\"background: rgba(60, 120, 200, 0.60)\">30</td>"))
    #expect(page.contains("<td data-value=\"0.1\" style=\"background: rgba(60, 120, 200, 0.08)\">"))
    #expect(page.contains("client-0000: 9 examples"))
  }

  @Test func withoutThemThePageHasNoPlaceForThem() throws {
    let page = try page([:])
    for name in ["class=\"confusion\"", "class=\"matrix\"", "model on", "Partition of"] {
      #expect(!page.contains(name), "\(name)")
    }
  }

  @Test func roundsAndBytesToTheTarget() throws {
    var plan = ReportFixture.plan()
    #expect(try !page([:], plan: plan).contains("rounds to target"))
    plan.federation.stopping.target = 0.55
    let page = try page([:], plan: plan)
    // Rounds 1 and 2: 1000 + 500 + 2000 + 500.
    #expect(page.contains("<td data-value=\"2\">2</td><td data-value=\"4000\">4.0 kB</td>"))
  }
}
