public import TributaryCore

/// Symmetric int8 with a scale for each output channel (axis 0): x is about q * scale.
extension HostTensor {
  /// The channel's max |x| / 127 as scale, and each x / scale rounded to the nearest whole number.
  ///
  /// - Parameters:
  ///   - scaleType: a floating-point type; x is divided by the scale as that type has it.
  ///   - name: of the tensor, for the error.
  /// - Returns: `values` int8 of this shape, `scale` `[outputs, 1, ...]` of the same rank.
  /// - Throws: `tensor.dtype` where this is no floating-point tensor of rank 1 or more, `tensor.range` where a
  ///   scale is beyond its type.
  public func quantized(
    scaleType: DType, name: String
  ) throws -> (values: HostTensor, scale: HostTensor) {
    guard dtype.isFloatingPoint, let outputs = shape.first else {
      throw TributaryError("tensor.dtype", "\(name): \(dtype.rawValue) \(shape) cannot become I8")
    }
    let x = try cast(to: .float32, name: name).floats()
    let width = outputs == 0 ? 0 : x.count / outputs
    let largest = (0..<outputs).map { row in
      x[(row * width)..<((row + 1) * width)].reduce(0) { max($0, $1.magnitude) }
    }
    let scale = try HostTensor(
      largest.map { $0 / 127 }, shape: Shape([outputs] + shape.dropFirst().map { _ in 1 })
    ).cast(to: scaleType, name: "\(name)_scale")
    let divisors = try scale.cast(to: .float32, name: name).floats()
    let values = x.indices.map { index -> Int8 in
      let divisor = divisors[index / width]
      // A scale of 0, also by rounding, stands for a channel of zeros.
      return divisor == 0 ? 0 : Int8(max(-127, min(127, (x[index] / divisor).rounded())))
    }
    return (try HostTensor(dtype: .int8, shape: shape, bytes: Bytes(copying: values)), scale)
  }

  /// The float32 values `(q - zero) * scale` of an int8 tensor.
  ///
  /// - Parameters:
  ///   - scale: one number in all, one a row, or one for each of a row's equal groups of elements.
  ///   - zeroPoint: int8, as many numbers; nil: 0.
  ///   - divisor: what the scale is divided by.
  /// - Throws: `checkpoint.quantization` where the tensors do not fit each other or a value is infinite.
  func dequantized(
    scale: HostTensor, zeroPoint: HostTensor? = nil, divisor: Float = 1, name: String
  ) throws -> HostTensor {
    let (count, scales) = (shape.elementCount, scale.shape.elementCount)
    let rows = max(1, shape.first ?? 1)
    guard dtype == .int8, scale.dtype.isFloatingPoint, scales > 0, count % scales == 0,
      scales == 1 || scales % rows == 0,
      zeroPoint.map({ $0.dtype == .int8 && $0.shape.elementCount == scales }) ?? true
    else {
      throw TributaryError(
        "checkpoint.quantization",
        "\(name): \(dtype.rawValue) \(shape) with scales \(scale.dtype.rawValue) \(scale.shape)",
        advice: "known is int8 with a scale a tensor, an output channel or a group")
    }
    let factors = try scale.cast(to: .float32, name: name).floats().map { $0 / divisor }
    guard factors.allSatisfy({ $0.magnitude < .greatestFiniteMagnitude / 256 }) else {
      throw TributaryError("checkpoint.quantization", "\(name): a scale is beyond float32")
    }
    let zeros = zeroPoint?.bytes.array(of: Int8.self)
    let group = max(1, count / scales)
    let result = bytes.array(of: Int8.self).enumerated().map { index, q in
      (Float(q) - Float(zeros?[index / group] ?? 0)) * factors[index / group]
    }
    return HostTensor(result, shape: shape)
  }
}
