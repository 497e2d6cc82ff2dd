import Testing
import TributarySimulation

@Suite struct SweepReportCSVTests {
  @Test func aLineACell() {
    var runs = (1...2).map { SweepReport.Run(seed: $0, folder: "f") }
    runs[0].complete(SweepReportTests.summary(0.5, seconds: 1), roundsToTarget: nil)
    runs[1].complete(SweepReportTests.summary(0.75, seconds: 1), roundsToTarget: 3)
    let report = SweepReport(
      plan: "run.yaml", keys: ["local.epochs"],
      cells: [
        SweepReport.Cell(name: "a", values: ["{x: \"1\", y: 2}"], runs: runs),
        SweepReport.Cell(
          name: "b", values: ["2"], runs: [SweepReport.Run(seed: 1, folder: "f")]),
      ])
    let lines = report.csv.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(
      lines[0].hasPrefix(
        "cell,local.epochs,complete,failed,pending,accuracy,accuracy.deviation,accuracy.count,"))
    #expect(
      lines[1].hasPrefix(#"a,"{x: ""1"", y: 2}",2,0,0,0.625,0.1767766952966369,2,10.0,0.0,2,"#))
    #expect(lines[1].hasSuffix(",3.0,,1,1.0,0.0,2"))
    #expect(lines[2] == "b,2,0,0,1" + String(repeating: ",", count: 18))
    #expect(lines[3].isEmpty && lines.count == 4)
  }
}
