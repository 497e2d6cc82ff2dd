internal import Foundation
internal import TributaryCore
internal import TributaryPlan

/// Where it is said whose each example is: a column, or a file with an id an example in the data's order.
struct NaturalIDSource: Sendable {
  /// Of a table: its name, or its number from 1.
  var column: PlanSetting?
  /// IDX of one dimension, or text with an id a line.
  var path: String?

  /// The ids of `count` examples from the file at `path`, or from `fallback` where it is there.
  ///
  /// - Throws: `data.ids` where there is no such file, or it has another number of ids.
  func ids(_ count: Int, of data: String, fallback: String? = nil) throws -> [String] {
    guard let path = path ?? fallback.flatMap(Self.existing) else {
      throw TributaryError(
        "data.ids", "\(data): nothing says whose each example is",
        advice: "name a table's column in data.partition.column, or give an id file as "
          + "data.partition.path: IDX, or text with an id a line"
          + (fallback.map { "; \($0) is found by itself" } ?? ""))
    }
    let ids = try Self.read(path)
    guard ids.count == count else {
      throw TributaryError(
        "data.ids", "\(path): \(ids.count) ids for the \(count) examples in \(data)",
        advice: "give one id an example, in the same order")
    }
    return ids
  }

  /// - Throws: `data.ids` where a column was asked of data that have none.
  func refuseColumn(of data: String) throws {
    guard let column else { return }
    throw TributaryError(
      "data.ids", "\(data): has no columns, so none is \(column)",
      advice: "data.partition.column is for TSV, CSV and JSONL; give an id file as "
        + "data.partition.path")
  }

  private static func existing(_ path: String) -> String? {
    FileManager.default.fileExists(atPath: path) ? path : nil
  }

  private static func read(_ path: String) throws -> [String] {
    let magic = try InputFile(path).read(count: 2)?.array(of: UInt8.self)
    guard magic == [0, 0] else { return try TextLines.lines(path).map(\.text) }
    let file = try IDXFile.read(path)
    guard file.shape.rank == 1 else {
      throw IDXFile.failure(path, "ids must have 1 dimension, has shape \(file.shape)")
    }
    return file.integers.map(String.init)
  }
}
