import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// What every operator must hold: PyTorch's values, gradients and second gradients element by element, and
/// central differences.
struct OperatorTests {
  static let golden = Result {
    try Set(OperatorCase.all.map(\.group)).reduce(into: GoldenTensors([:])) {
      $0.formUnion(try GoldenTensors("operators/\($1).safetensors"))
    }
  }

  @Test func everyGoldenCaseHasAnOperator() throws {
    #expect(try Set(Self.golden.get().cases) == Set(OperatorCase.all.map { $0.name }))
  }

  @Test(arguments: OperatorCase.all)
  func equalsPyTorch(_ operation: OperatorCase) throws {
    let golden = try Self.golden.get()
    let inputs = try golden.group(operation.name, "input").mapValues { try Tensor($0).variable() }
    let output = operation.function(inputs)
    try expect(output, golden, "\(operation.name)/output")
    let seed = try Tensor(try #require(golden.tensors["\(operation.name)/seed"]))
    let names = inputs.keys.sorted()
    let gradients = gradient(
      of: output, at: names.compactMap { inputs[$0] }, seed: seed)
    for (name, value) in zip(names, gradients) {
      try expect(value, golden, "\(operation.name)/gradient.\(name)")
    }
  }

  @Test(arguments: OperatorCase.all)
  func equalsPyTorchTwice(_ operation: OperatorCase) throws {
    let golden = try Self.golden.get()
    let inputs = try golden.group(operation.name, "input").mapValues { try Tensor($0).variable() }
    let directions = try golden.group(operation.name, "direction").mapValues { try Tensor($0) }
    let seed = try Tensor(try #require(golden.tensors["\(operation.name)/seed"]))
    let names = inputs.keys.sorted()
    let points = names.compactMap { inputs[$0] }
    let first = gradient(
      of: operation.function(inputs), at: points, seed: seed, createGraph: true)
    for (name, value) in zip(names, first) {
      try expect(value, golden, "\(operation.name)/gradient.\(name)")
    }
    let total = zip(names, first).map { name, value in
      (value * (directions[name] ?? .zeros([]))).sum()
    }.reduce(Tensor.scalar(0), +)
    for (name, value) in zip(names, gradient(of: total, at: points)) {
      try expect(value, golden, "\(operation.name)/second.\(name)", scale: 10)
    }
  }

  // The one case whose kinks cannot be kept away from the step is left out.
  @Test(arguments: OperatorCase.all.filter { $0.name != "batchNorm.relu" })
  func equalsCentralDifferences(_ operation: OperatorCase) throws {
    let golden = try Self.golden.get()
    let inputs = try golden.group(operation.name, "input").mapValues { try Tensor($0) }
    let seed = try Tensor(try #require(golden.tensors["\(operation.name)/seed"])).floats()
    let names = inputs.keys.sorted()
    let points = names.map { inputs[$0]?.floats() ?? [] }
    func value(_ points: [[Float]]) -> Double {
      var moved = inputs
      for (name, point) in zip(names, points) {
        moved[name] = Tensor(point, shape: inputs[name]?.shape ?? [])
      }
      return zip(operation.function(moved).floats(), seed).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    let gradients = names.map {
      (try? golden.tensors["\(operation.name)/gradient.\($0)"]?.floats()) ?? []
    }
    #expect(GradientCheck().failure(at: points, gradient: gradients, value: value) == nil)
  }

  private func expect(
    _ actual: Tensor, _ golden: GoldenTensors, _ name: String, scale: Float = 1
  ) throws {
    let expected = try #require(golden.tensors[name])
    #expect(actual.shape == expected.shape, "\(name)")
    let values = try expected.floats()
    let size = values.map(abs).max() ?? 0
    let text = difference(
      actual.floats(), values, absolute: scale * 1e-5 * Swift.max(1, size), relative: scale * 1e-4)
    #expect(text == nil, "\(name)")
  }
}
