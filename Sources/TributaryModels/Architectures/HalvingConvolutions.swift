internal import TributaryNN
internal import TributaryTensor

/// The bottom of small networks: convolutions, each captured, with ReLU and 2x2 max pooling; then one row an image.
struct HalvingConvolutions: Sendable {
  private let layers: [(name: String, convolution: Conv2D)]
  private let pool = MaxPool2D(kernel: 2)

  init(_ layers: [(name: String, convolution: Conv2D)]) { self.layers = layers }

  var tensors: [TensorSpec] { layers.flatMap(\.convolution.tensors) }

  /// `[B, C, H, W]` becomes `[B, features]`.
  func callAsFunction(_ images: Tensor, _ pass: Pass) throws -> Tensor {
    var x = images
    for (name, convolution) in layers {
      x = try convolution(x, pass)
      pass.capture(name, x)
      x = pool(x.relu())
    }
    return x.flattened(from: 1)
  }
}
