extension SweepReport {
  /// A line a cell, as RFC 4180 has it: its settings, how its runs stand, and mean, sample standard deviation and
  /// number of values of every measure.
  public var csv: String {
    let header =
      ["cell"] + keys + ["complete", "failed", "pending"]
      + measures.flatMap { [$0, "\($0).deviation", "\($0).count"] }
    return ([header] + cells.map(row)).map { fields in
      fields.map(Self.quoted).joined(separator: ",") + "\r\n"
    }.joined()
  }

  private func row(_ cell: Cell) -> [String] {
    let complete = cell.runs.count { $0.state == .complete }
    let failed = cell.runs.count { $0.state == .failed }
    let counts = [complete, failed, cell.runs.count - complete - failed].map(String.init)
    let figures = measures.flatMap { name in
      let figure = cell.figures[name]
      return [
        figure.map { "\($0.mean)" }, figure?.deviation.map { "\($0)" },
        figure.map { "\($0.count)" },
      ]
      .map { $0 ?? "" }
    }
    return [cell.name] + cell.values + counts + figures
  }

  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
      return field
    }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
