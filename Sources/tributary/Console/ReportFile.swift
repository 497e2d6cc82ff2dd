import TributaryCore
import TributaryData
import TributaryPlan
import TributaryStorage

/// A file that a report is written to, in the form that its name says.
struct ReportFile {
  private enum Form: String, CaseIterable { case svg, png, json }

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
    let bytes =
      switch form {
      case .svg: Bytes(copying: Array(report.svg.utf8))
      case .png: try report.png
      case .json: Bytes(copying: Array((try PlanJSON.encode(report) + "\n").utf8))
      }
    try DurableFile.write(bytes, to: path)
  }
}
