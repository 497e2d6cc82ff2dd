internal import TributaryPlan

/// Advice for a misspelt name: the nearest valid one, or all of them.
func nearestAdvice(to name: String, among valid: [String]) -> String {
  if let nearest = NearestName.of(name, among: valid) { return "did you mean \"\(nearest)\"?" }
  return valid.isEmpty ? "it has none" : "valid: " + valid.joined(separator: ", ")
}
