import TributaryCore
import TributaryData
import TributaryPlan
import TributaryStorage

/// A file that a report is written to, in the form that its name says.
struct ReportFile {
  private enum Form: String, CaseIterable { case svg, json }

  private let path: String
  private let form: Form

  /// nil for a name with another ending.
  init?(_ path: String) {
    let name = path.lowercased()
    guard let form = Form.allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) else {
      return nil
    }
    self.path = path
    self.form = form
  }

  func write(_ report: PartitionReport) throws {
    let text: String
    switch form {
    case .svg: text = report.svg
    case .json: text = try PlanJSON.encode(report) + "\n"
    }
    try DurableFile.write(Bytes(copying: Array(text.utf8)), to: path)
  }
}
