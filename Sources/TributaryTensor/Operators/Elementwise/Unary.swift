internal import CTributaryKernels
internal import TributaryCore

typealias UnaryKernel = (UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?) -> Void

extension Tensor {
  /// `kernel` on every element, in this tensor's layout, without history.
  func mapped(
    keepsZero: Bool, grain: Int = elementGrain, _ kernel: @escaping UnaryKernel
  ) -> Tensor {
    require(dtype == .float32, "element-wise mathematics needs float32, not \(dtype.rawValue)")
    let input = dense()
    let output = Tensor(uninitialized: shape, layout: input.layout)
    let source = input.data
    let target = output.data
    let count = output.storedCount
    TributaryTensor.kernel(target) {
      parallel(count, grain: grain) {
        kernel(source + $0.lowerBound, $0.count, target + $0.lowerBound)
      }
    }
    withExtendedLifetime(input) {}
    return keepsZero ? output : output.restoringPadding()
  }

  public static prefix func - (x: Tensor) -> Tensor {
    x.mapped(keepsZero: true, tributary_negate).recorded(x) { gradient, _ in [-gradient] }
  }

  public func exp() -> Tensor {
    let output = mapped(keepsZero: false, grain: mathGrain, tributary_exp)
    return output.recorded(self) { gradient, call in [gradient * call.attached(output)] }
  }

  /// The natural logarithm.
  public func log() -> Tensor {
    mapped(keepsZero: false, grain: mathGrain, tributary_log)
      .recorded(self) { gradient, _ in [gradient / self] }
  }

  /// Of radians.
  public func cosine() -> Tensor {
    mapped(keepsZero: false, grain: mathGrain, tributary_cos)
      .recorded(self) { gradient, _ in [-(gradient * self.sine())] }
  }

  /// Of radians.
  public func sine() -> Tensor {
    mapped(keepsZero: true, grain: mathGrain, tributary_sin)
      .recorded(self) { gradient, _ in [gradient * self.cosine()] }
  }

  public func sqrt() -> Tensor {
    let output = mapped(keepsZero: true, tributary_sqrt)
    return output.recorded(self) { gradient, call in
      [gradient * 0.5 / call.attached(output)]
    }
  }

  /// 1 / sqrt(x)
  public func reciprocalSquareRoot() -> Tensor {
    let output = mapped(keepsZero: false, tributary_reciprocal_sqrt)
    return output.recorded(self) { gradient, call in
      let y = call.attached(output)
      return [gradient * (y * y * y) * -0.5]
    }
  }

  public func squared() -> Tensor {
    mapped(keepsZero: true, tributary_square).recorded(self) { gradient, _ in
      [gradient * self * 2]
    }
  }

  /// |x|; the gradient at 0 is 0.
  public func abs() -> Tensor {
    mapped(keepsZero: true, tributary_abs).recorded(self) { gradient, _ in
      [gradient * self.detached.mapped(keepsZero: true, tributary_sign)]
    }
  }

  func affine(scale: Float, shift: Float) -> Tensor {
    mapped(keepsZero: shift == 0) { tributary_affine($0, $1, scale, shift, $2) }
      .recorded(self) { gradient, _ in [scale == 1 ? gradient : gradient * scale] }
  }
}

/// Elements of exp, erf and the like worth a second thread.
let mathGrain = 4096
