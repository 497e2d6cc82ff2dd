/// Advice for a misspelt name: the nearest valid one, or all of them.
func nearestAdvice(to name: String, among valid: [String]) -> String {
  let distances = valid.map {
    (name: $0, distance: editDistance(name.lowercased(), $0.lowercased()))
  }
  if let nearest = distances.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }),
    nearest.distance <= max(2, nearest.name.count / 2)
  {
    return "did you mean \"\(nearest.name)\"?"
  }
  return valid.isEmpty ? "it has none" : "valid: " + valid.joined(separator: ", ")
}

/// Levenshtein's distance: the fewest insertions, deletions and replacements from one to the other.
func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in right.indices {
      let replaced = diagonal + (character == right[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[right.count]
}
