internal import Foundation

/// Numbers as a page shows them.
enum ReportNumber {
  static func decimal(_ value: Double?, _ places: Int = 4) -> String {
    value.map { String(format: "%.\(places)f", $0) } ?? "–"
  }

  /// A position in a drawing.
  static func position(_ value: Double) -> String { String(format: "%.2f", value) }

  /// Bytes, in the decimal units that network equipment is sold in.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1_000: "\(count) B"
    case ..<1_000_000: decimal(Double(count) / 1e3, 1) + " kB"
    case ..<1_000_000_000: decimal(Double(count) / 1e6, 1) + " MB"
    default: decimal(Double(count) / 1e9, 2) + " GB"
    }
  }
}
