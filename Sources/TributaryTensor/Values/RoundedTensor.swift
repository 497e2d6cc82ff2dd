internal import COneDNN
internal import TributaryCore

/// The values of a tensor rounded to bfloat16, with its history: half of the memory, and a factor of products in that
/// precision.
struct RoundedTensor: ConvolutionFactor {
  let layout: Layout
  private let shape: Shape
  private let storage: Storage
  private let node: Node?

  /// - Parameter layout: row-major or blocked.
  init(_ x: Tensor, layout: Layout) {
    let source = x.dense()
    let target = MemoryDescriptor(x.shape, layout, type: dnnl_bf16)
    storage = Storage(byteCount: max(1, target.byteCount))
    OneDNN.reorder(
      from: MemoryDescriptor(x.shape, source.layout), source.data, to: target, storage.pointer,
      key: PrimitiveKey(.rounding, x.shape.dimensions, layouts: [source.layout, layout]))
    withExtendedLifetime(source) {}
    self.layout = layout
    shape = x.shape
    node = x.node
  }

  var address: UnsafeMutableRawPointer { storage.pointer }

  func converted(to layout: Layout) -> RoundedTensor {
    layout == self.layout ? self : RoundedTensor(tensor, layout: layout)
  }

  /// The rounded values as float32.
  var tensor: Tensor {
    var result = Tensor(uninitialized: shape, layout: layout)
    OneDNN.reorder(
      from: MemoryDescriptor(shape, layout, type: dnnl_bf16), storage.pointer,
      to: MemoryDescriptor(shape, layout), result.data,
      key: PrimitiveKey(.widening, shape.dimensions, layouts: [layout]))
    withExtendedLifetime(storage) {}
    result.node = node
    return result
  }
}
