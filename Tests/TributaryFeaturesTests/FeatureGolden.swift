import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

@testable import TributaryFeatures

/// The two data sets of `Golden/generate_features.py`, and what reference implementations made of them.
struct FeatureGolden {
  let golden: GoldenTensors
  let source: Matrix
  let target: Matrix
  let labels: [Int]
  let classes = 3

  init() throws {
    golden = try GoldenTensors("features.safetensors")
    source = try Self.matrix("source", golden)
    target = try Self.matrix("target", golden)
    labels = try Self.integers("labels", golden)
  }

  var statistics: FeatureStatistics {
    FeatureStatistics(features: source, labels: labels, classes: classes)
  }

  var weights: [Double] { get throws { try golden.doubles("weights") } }

  func matrix(_ name: String) throws -> Matrix { try Self.matrix(name, golden) }
  func integers(_ name: String) throws -> [Int] { try Self.integers(name, golden) }

  func expect(
    _ found: Matrix, _ name: String, within tolerance: Double = 1e-9,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    try expect(found.values, name, within: tolerance, at: location)
  }

  func expect(
    _ found: [Double], _ name: String, within tolerance: Double = 1e-9,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let differs = difference(
      found, try golden.doubles(name), absolute: tolerance, relative: tolerance)
    #expect(differs == nil, "\(name)", sourceLocation: location)
  }

  func expect(
    _ head: LinearHead, _ name: String, within tolerance: Double = 1e-9,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    try expect(head.weight, "\(name)/weight", within: tolerance, at: location)
    try expect(head.bias, "\(name)/bias", within: tolerance, at: location)
  }

  private static func matrix(_ name: String, _ golden: GoldenTensors) throws -> Matrix {
    let shape = try golden.shape(name)
    return Matrix(try golden.doubles(name), rows: shape[0], columns: shape[1])
  }

  private static func integers(_ name: String, _ golden: GoldenTensors) throws -> [Int] {
    let tensor = try #require(golden.tensors[name])
    return tensor.bytes.array(of: Int64.self).map(Int.init)
  }
}
