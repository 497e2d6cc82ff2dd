import ArgumentParser

/// Labels on the command line: `5,6,9`.
enum LabelList {
  @Sendable static func parse(_ text: String) throws -> [Int] {
    let labels = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let label = Int(part), label >= 0 else {
        throw ValidationError("--labels takes numbers with commas between, not \"\(text)\"")
      }
      return label
    }
    guard Set(labels).count == labels.count else {
      throw ValidationError("--labels names a label twice in \"\(text)\"")
    }
    return labels
  }
}
