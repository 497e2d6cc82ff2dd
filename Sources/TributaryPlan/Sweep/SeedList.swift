internal import TributaryCore

/// Seeds on a command line: `1..5`, `1,3,7`, `1..3,10`.
public enum SeedList {
  /// - Throws: `sweep.seeds` for what is no such list, names a seed twice or has too many.
  public static func parse(_ text: String) throws -> [UInt64] {
    var seeds: [UInt64] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = range(part.trimmingSpaces) else {
        throw failure("takes seeds such as 1..5 or 1,3,7, not \"\(text.prefix(60))\"")
      }
      guard range.upperBound - range.lowerBound < UInt64(SweepGrid.runLimit - seeds.count) else {
        throw failure("takes at most \(SweepGrid.runLimit) seeds")
      }
      seeds += range
    }
    guard Set(seeds).count == seeds.count else {
      throw failure("names a seed twice in \"\(text.prefix(60))\"")
    }
    return seeds
  }

  private static func range(_ text: String) -> ClosedRange<UInt64>? {
    guard let dots = text.firstRange(of: "..") else {
      return UInt64(text).map { $0...$0 }
    }
    guard let first = UInt64(text[..<dots.lowerBound]), let last = UInt64(text[dots.upperBound...]),
      first <= last
    else { return nil }
    return first...last
  }

  private static func failure(_ what: String) -> TributaryError {
    TributaryError("sweep.seeds", "--seeds \(what)")
  }
}
