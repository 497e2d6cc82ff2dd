/// Finds the name that was probably meant.
public enum NearestName {
  /// The candidate nearest to `name`, or nil where none is near (case, `-` and `_` do not count).
  public static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = folded(name)
    let ranked = candidates.map { (distance: editDistance(wanted, folded($0)), name: $0) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, min(wanted.count, best.name.count) / 2) ? best.name : nil
  }

  /// Advice for a misspelt name: the nearest valid one, or all of them.
  public static func advice(to name: String, among valid: [String]) -> String {
    if let nearest = of(name, among: valid) { return "did you mean \"\(nearest)\"?" }
    return valid.isEmpty ? "it has none" : "valid: " + valid.joined(separator: ", ")
  }

  /// The optimal string alignment distance: insertions, deletions, substitutions, and swaps of
  /// neighbours.
  static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var older: [Int] = []
    var previous = Array(0...right.count)
    for i in left.indices {
      var current = [i + 1]
      for j in right.indices {
        var cost = min(
          previous[j + 1] + 1, current[j] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, older[j - 1] + 1)
        }
        current.append(cost)
      }
      older = previous
      previous = current
    }
    return previous[right.count]
  }

  private static func folded(_ name: String) -> [UInt8] {
    Array(name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") })
  }
}
