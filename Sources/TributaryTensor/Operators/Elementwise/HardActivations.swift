internal import CTributaryKernels
internal import TributaryCore

/// Activations of straight pieces (Howard et al. 2017 and 2019, arXiv:1704.04861 and 1905.02244).
extension Tensor {
  /// min(max(x, 0), 6)
  public func relu6() -> Tensor {
    let output = mapped(keepsZero: true, tributary_relu6)
    return output.recorded(self) { gradient, _ in
      [gradient.gated(by: output, tributary_relu6_backward)]
    }
  }

  /// relu6(x + 3) / 6
  public func hardSigmoid() -> Tensor {
    let output = mapped(keepsZero: false, tributary_hard_sigmoid)
    return output.recorded(self) { gradient, _ in
      [gradient.gated(by: output, tributary_hard_sigmoid_backward)]
    }
  }

  /// x relu6(x + 3) / 6
  public func hardSwish() -> Tensor {
    activated(
      keepsZero: true, elementGrain, tributary_hard_swish, tributary_hard_swish_backward
    ) { $0 * $0.hardSigmoid() }
  }
}
