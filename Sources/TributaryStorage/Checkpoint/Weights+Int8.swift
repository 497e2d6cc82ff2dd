internal import TributaryCore

extension Weights {
  /// The same weights, their int8 tensors as float32 by the scales that stand beside them.
  ///
  /// Known are `X` with `X_scale` and perhaps `X_zero_point`, as compressed-tensors writes (formats
  /// `naive-quantized` and `int-quantized`), and `X.weight` with `X.SCB`, as bitsandbytes does (Dettmers et al.
  /// 2022, arXiv:2208.07339). An int8 tensor without a scale stays what it is.
  ///
  /// - Throws: `checkpoint.quantization` where a scale does not fit its tensor.
  public func dequantized() throws -> Weights {
    let (floats, count) = try tensors.dequantized()
    guard count > 0 else { return self }
    var result = self
    result.tensors = floats
    result.notes.append("\(count) int8 tensors became float32")
    return result
  }
}

extension ParameterTree<HostTensor> {
  /// As `Weights.dequantized`, and how many were int8.
  func dequantized() throws -> (tensors: ParameterTree<HostTensor>, count: Int) {
    var companions: Set<String> = []
    var converted: [(String, HostTensor)] = []
    for (name, tensor) in self where tensor.dtype == .int8 {
      let module = name.hasSuffix(".weight") ? name.dropLast("weight".count) : "\(name)."
      if let scale = self["\(name)_scale"] {
        let zeroPoint = self["\(name)_zero_point"]
        companions.formUnion(["\(name)_scale", "\(name)_zero_point"])
        converted.append(
          (name, try tensor.dequantized(scale: scale, zeroPoint: zeroPoint, name: name)))
      } else if let scale = self["\(module)SCB"] {
        companions.formUnion(["\(module)SCB", "\(module)weight_format"])
        converted.append((name, try tensor.dequantized(scale: scale, divisor: 127, name: name)))
      }
    }
    companions.formUnion(converted.map(\.0))
    let others = filter { name, _ in !companions.contains(name) }
    return (ParameterTree(converted).merging(others), converted.count)
  }
}
