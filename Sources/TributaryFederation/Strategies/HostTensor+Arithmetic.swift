internal import TributaryCore

/// What strategies compute of whole updates; integers and the tensors excepted stay as they are.
extension ParameterTree where Value == HostTensor {
  /// Zeros for every float32 tensor but those excepted; the others are left out.
  func zeros(except excepted: Set<String>) -> ParameterTree {
    filter { name, tensor in tensor.dtype == .float32 && !excepted.contains(name) }.mapValues {
      HostTensor([Float](repeating: 0, count: $0.shape.elementCount), shape: $0.shape)
    }
  }

  /// Every float32 element times `factor`, in float64, rounded once.
  /// - Throws: `update.range` where that is beyond float32.
  func scaled(by factor: Double, except excepted: Set<String>) throws -> ParameterTree {
    try map { name, tensor in
      guard tensor.dtype == .float32, !excepted.contains(name) else { return tensor }
      let scaled = tensor.withFloats { $0.map { Float(Double($0) * factor) } }
      let result = HostTensor(scaled, shape: tensor.shape)
      guard result.withFloats(largestMagnitude).isFinite else {
        throw TributaryError("update.range", "\(name): the update times \(factor) is beyond float32")
      }
      return result
    }
  }

  /// The squared Euclidean norm of the float32 tensors but those excepted, in float64.
  func squaredNorm(except excepted: Set<String>) -> Double {
    var sum = 0.0
    for (name, tensor) in self where tensor.dtype == .float32 && !excepted.contains(name) {
      sum += tensor.withFloats { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
    }
    return sum
  }
}
