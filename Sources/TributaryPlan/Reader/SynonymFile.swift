internal import Foundation

/// A file with a group of synonyms a line, parted by commas or tabs: `film, movie, motion picture`.
enum SynonymFile {
  /// What still fits in a task's settings, which carry the words to every client.
  static let byteLimit = 96 << 10

  /// The groups, as `words` of the augmentation says them.
  static func groups(_ path: String) throws -> PlanSetting {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PlanMismatch("\(path) cannot be read, or is not there")
    }
    guard data.count <= byteLimit else {
      throw PlanMismatch("\(path) has \(data.count) bytes; at most \(byteLimit) travel to clients")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw PlanMismatch("\(path) is not UTF-8 text")
    }
    return .list(
      text.split(whereSeparator: \.isNewline).map { line in
        .list(
          line.split { ",\t".contains($0) }
            .map { .text($0.trimmingCharacters(in: .whitespaces)) }
            .filter { $0 != .text("") })
      }.filter { $0 != .list([]) })
  }
}
