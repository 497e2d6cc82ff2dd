import Foundation
import Testing

extension EndToEnd {
  /// `report`, and its page in a real browser.
  @Suite("Reports") struct ReportTests {
    @Test("one run and several; a folder without a run") func pages() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let completed = try await cluster.simulation(output: "a").event("run.completed")
        try await workspace.output(
          "simulate", cluster.plan, "--set", "local.epochs=2", "--output", workspace("b"))
        let page = workspace("pages/report.html")
        let printed = try await workspace.output(
          "report", workspace("a") + "/", workspace("b"), "--output", page)
        #expect(printed == [page])
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains(completed.digest ?? "none"))
        for event in try cluster.events(in: "a") where event.event == "round.completed" {
          for value in (event.metrics ?? [:]).values {
            #expect(html.contains("data-value=\"\(value)\""))
          }
        }
        #expect(html.contains("local.epochs</th><td>1</td><td>2</td>"))
        let reason = try await workspace.reason(
          "report", workspace("a"), workspace("data"), "--output", workspace("none.html"))
        #expect(reason.contains("no run in \(workspace("data"))"))
        #expect(!workspace.exists("none.html"))
      }
    }

    @Test("in a browser", .enabled(if: Browser.path != nil)) func browser() async throws {
      let browser = try #require(Browser.path)
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let completed = try await cluster.simulation(output: "a").event("run.completed")
        let page = workspace("report.html")
        try await workspace.output("report", workspace("a"), "--output", page)
        // What the page's own script does with a box that is not ticked, and what is drawn then.
        let html = try String(contentsOfFile: page, encoding: .utf8)
        let probe =
          "<script>const box = document.querySelector('input[data-run]'); box.click(); "
          + "const curve = document.querySelector('.run-0 polyline'); "
          + "document.title = 'hidden ' + (curve.getClientRects().length === 0); box.click(); "
          + "const area = curve.getBoundingClientRect(); "
          + "document.title += ', shown ' + (area.width > 100)</script></body>"
        try workspace.write(
          html.replacingOccurrences(of: "</body>", with: probe), to: "probe.html")
        let process = try workspace.start(
          browser,
          [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--user-data-dir=\(workspace("profile"))", "--dump-dom",
            "file://\(workspace("probe.html"))",
          ])
        let drawn = try await process.success().output.joined(separator: "\n")
        #expect(drawn.contains("<title>hidden true, shown true</title>"))
        #expect(drawn.contains(completed.digest ?? "none"))
        #expect(drawn.contains("<circle"))
      }
    }
  }
}
