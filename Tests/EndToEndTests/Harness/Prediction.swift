import Foundation

/// A line of `tributary predict`.
struct Prediction: Decodable {
  var index: Int
  var label: Int
  var probability: Double
  var probabilities: [Double]

  static func of(
    _ model: String, on data: String, in workspace: Workspace
  ) async throws -> [Prediction] {
    try await workspace.output("predict", model, "--data", data).map {
      try JSONDecoder().decode(Prediction.self, from: Data($0.utf8))
    }
  }
}
