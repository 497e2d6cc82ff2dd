internal import TributaryCore

/// Steps that strategies share.
enum ServerStep {
  /// `globals + step · mean`, in float64, rounded once to each tensor's type.
  ///
  /// Buffers move by `min(step, 1)`: beyond 1 a running variance could become negative.
  static func moved(_ input: ServerStepInput, by step: Double) throws -> ParameterTree<HostTensor> {
    try moved(input) { input.buffers.contains($0) ? min(step, 1) : step }
  }

  /// `globals + step · mean` with a step for each tensor, in float64, rounded once to each tensor's type.
  static func moved(
    _ input: ServerStepInput, by step: (_ name: String) -> Double
  ) throws -> ParameterTree<HostTensor> {
    guard input.globals.names == input.mean.names else {
      throw TributaryError("update.names", "the mean's tensors are not the global tensors")
    }
    return try input.globals.map { name, tensor in
      guard let mean = input.mean[name], mean.dtype == tensor.dtype, mean.shape == tensor.shape
      else {
        throw TributaryError("update.shape", "\(name): the mean is not of the global tensor's type")
      }
      return try moved(name, tensor, by: mean, times: step(name))
    }
  }

  private static func moved(
    _ name: String, _ tensor: HostTensor, by mean: HostTensor, times step: Double
  ) throws -> HostTensor {
    let bytes: Bytes
    switch tensor.dtype {
    case .float32:
      bytes = tensor.withFloats { old in
        mean.withFloats { mean in
          Bytes(count: old.count * 4) { target in
            let new = target.bindMemory(to: Float.self)
            for index in 0..<old.count {
              new[index] = Float(Double(old[index]) + step * Double(mean[index]))
            }
          }
        }
      }
    default:
      let sums = zip(tensor.integers(), mean.integers()).map { old, mean in
        old &+ Int64((step * Double(mean)).rounded())
      }
      bytes =
        tensor.dtype == .int64
        ? Bytes(copying: sums) : Bytes(copying: sums.map(Int32.init(truncatingIfNeeded:)))
    }
    return try finite(
      HostTensor(dtype: tensor.dtype, shape: tensor.shape, bytes: bytes), called: name)
  }

  /// `tensor` itself, if all its values are numbers.
  /// - Throws: `model.nonFinite`.
  static func finite(_ tensor: HostTensor, called name: String) throws -> HostTensor {
    guard tensor.dtype != .float32 || tensor.withFloats(largestMagnitude).isFinite else {
      throw TributaryError(
        "model.nonFinite", "\(name): the server step made a value that is not finite",
        advice: "lower the strategy's step or the learning rate")
    }
    return tensor
  }
}
