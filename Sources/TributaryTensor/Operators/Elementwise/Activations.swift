internal import CTributaryKernels
internal import TributaryCore

extension Tensor {
  /// max(x, 0)
  public func relu() -> Tensor {
    let output = mapped(keepsZero: true, tributary_relu)
    return output.recorded(self) { gradient, _ in
      [gradient.gated(by: output, tributary_relu_backward)]
    }
  }

  /// This through `gate`, which depends on the activation's output: linear in `self`, so it is its own derivative.
  func gated(by output: Tensor, _ gate: @escaping tributary_binary) -> Tensor {
    paired(with: output, grain: elementGrain, gate)
      .recorded(self) { gradient, _ in [gradient.gated(by: output, gate)] }
  }

  /// 1 / (1 + exp(-x))
  public func sigmoid() -> Tensor {
    let output = mapped(keepsZero: false, grain: mathGrain, tributary_sigmoid)
    return output.recorded(self) { gradient, call in
      if !isRecording {
        return [gradient.paired(with: output, grain: elementGrain, tributary_sigmoid_backward)]
      }
      let y = call.attached(output)
      return [gradient * (y * (1 - y))]
    }
  }

  public func tanh() -> Tensor {
    let output = mapped(keepsZero: true, grain: mathGrain, tributary_tanh)
    return output.recorded(self) { gradient, call in
      if !isRecording {
        return [gradient.paired(with: output, grain: elementGrain, tributary_tanh_backward)]
      }
      return [gradient * (1 - call.attached(output).squared())]
    }
  }

  /// The error function; its derivative is 2 / sqrt(pi) exp(-x^2).
  public func erf() -> Tensor {
    mapped(keepsZero: true, grain: mathGrain, tributary_erf).recorded(self) { gradient, _ in
      [gradient * (-self.squared()).exp() * 1.128_379_167_095_512_6]
    }
  }

  /// x sigmoid(x) (Elfwing et al. 2018, arXiv:1702.03118).
  public func silu() -> Tensor {
    activated(keepsZero: true, mathGrain, tributary_silu, tributary_silu_backward) {
      $0 * $0.sigmoid()
    }
  }

  /// GELU's approximation x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), "gelu_new" in Hugging Face's files.
  public func geluTanh() -> Tensor {
    activated(keepsZero: true, mathGrain, tributary_gelu_tanh, tributary_gelu_tanh_backward) {
      $0 * 0.5 * ((($0 + $0 * $0.squared() * 0.044715) * 0.797_884_560_802_865_4).tanh() + 1)
    }
  }

  /// An activation whose gradient kernel takes its input; `composite`, the same in differentiable operators, is
  /// the way to its second derivative.
  func activated(
    keepsZero: Bool, _ grain: Int, _ kernel: @escaping UnaryKernel,
    _ backward: @escaping tributary_binary,
    composite: @escaping (Tensor) -> Tensor
  ) -> Tensor {
    mapped(keepsZero: keepsZero, grain: grain, kernel).recorded(self) { gradient, _ in
      guard isRecording else { return [gradient.paired(with: self, grain: grain, backward)] }
      return differentiated([self], seed: gradient) { composite($0[0]) }
    }
  }

  /// x Phi(x), with the exact normal distribution function (Hendrycks and Gimpel 2016).
  public func gelu() -> Tensor {
    guard isTracked(self) else {
      return mapped(keepsZero: true, grain: mathGrain, tributary_gelu)
    }
    let input = dense()
    let output = Tensor(uninitialized: shape, layout: input.layout)
    let slope = Tensor(uninitialized: shape, layout: input.layout)
    let (source, target, derivative) = (input.data, output.data, slope.data)
    parallel(output.storedCount, grain: mathGrain) {
      let at = $0.lowerBound
      tributary_gelu_slope(source + at, $0.count, target + at, derivative + at)
    }
    withExtendedLifetime(input) {}
    return output.recorded(self) { gradient, _ in
      if !isRecording {
        return [gradient.paired(with: slope, grain: elementGrain, tributary_multiply)]
      }
      let cumulative = ((self * 0.707_106_781_186_547_5).erf() + 1) * 0.5
      let density = (self.squared() * -0.5).exp() * 0.398_942_280_401_432_7
      return [gradient * (cumulative + self * density)]
    }
  }
}

/// relu(a + b) in one pass: the end of a residual block.
public func addRelu(_ a: Tensor, _ b: Tensor) -> Tensor {
  guard a.shape == b.shape else { return (a + b).relu() }
  let output = a.paired(with: b, grain: elementGrain, tributary_add_relu)
  return output.recorded(a, b) { gradient, _ in
    let gated = gradient.gated(by: output, tributary_relu_backward)
    return [gated, gated]
  }
}
