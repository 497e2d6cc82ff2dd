public import TributaryTensor

/// The largest value of each window: `[B, C, H, W]`, the stride is the kernel unless given.
public struct MaxPool2D: Sendable {
  private let kernel: Int
  private let stride: Int
  private let padding: Int
  private let ceilMode: Bool

  /// - Parameter ceilMode: a window that reaches over the far edge counts, too.
  public init(kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
    self.ceilMode = ceilMode
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    maxPool2d(x, kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
  }
}

/// The mean of each window, zero padding counted: `[B, C, H, W]`.
public struct AveragePool2D: Sendable {
  private let kernel: Int
  private let stride: Int
  private let padding: Int

  public init(kernel: Int, stride: Int? = nil, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    averagePool2d(x, kernel: kernel, stride: stride, padding: padding)
  }
}
