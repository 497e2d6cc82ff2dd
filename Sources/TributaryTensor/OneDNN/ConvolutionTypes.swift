internal import COneDNN

/// What a planned convolution multiplies: float32 values, or values rounded to bfloat16.
protocol ConvolutionFactor {
  var address: UnsafeMutableRawPointer { get }
}

extension Tensor: ConvolutionFactor {
  var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(data) }
}

extension ConvolutionPlan {
  /// The types of input, weights and output: with bfloat16 both factors are rounded, their product is summed and
  /// written in float32.
  struct Types {
    let input: dnnl_data_type_t
    let weights: dnnl_data_type_t
    let output: dnnl_data_type_t
    private let precision: ComputePrecision

    init(_ direction: Direction, _ precision: ComputePrecision) {
      let factor = precision == .bfloat16 ? dnnl_bf16 : dnnl_f32
      input = direction == .data ? dnnl_f32 : factor
      weights = direction == .weights ? dnnl_f32 : factor
      output = direction == .forward ? dnnl_f32 : factor
      self.precision = precision
    }

    /// Those of the forward convolution of the same precision.
    var forward: Types { Types(.forward, precision) }
  }
}
