internal import COneDNN
internal import TributaryCore

/// Every number that defines a pooling.
struct PoolGeometry: Hashable {
  let input: Shape
  let kernel: Int
  let stride: Int
  let padding: Int
  let isMaximum: Bool
  /// Whether a last window that reaches over the far edge counts, too.
  var ceilMode = false

  var output: Shape { [input[0], input[1], extent(input[2]), extent(input[3])] }

  private func extent(_ size: Int) -> Int {
    let rest = size + 2 * padding - kernel
    guard ceilMode else { return rest / stride + 1 }
    let count = (rest + stride - 1) / stride + 1
    // The last window must begin inside the image or its near padding.
    return (count - 1) * stride >= size + padding ? count - 1 : count
  }
}

/// Planned pooling in one layout: forward and backward.
final class PoolPlan {
  private let forward: Primitive
  private let backward: Primitive
  let workspaceByteCount: Int

  private init(_ geometry: PoolGeometry, _ layout: Layout) {
    let source = MemoryDescriptor(geometry.input, layout)
    let target = MemoryDescriptor(geometry.output, layout)
    let kernel = [Int64](repeating: Int64(geometry.kernel), count: 2)
    let stride = [Int64](repeating: Int64(geometry.stride), count: 2)
    let padding = [Int64](repeating: Int64(geometry.padding), count: 2)
    // At the far edge the padding may be less than asked for, where the stride leaves a rest.
    let far = [2, 3].map { axis in
      Int64(
        (geometry.output[axis] - 1) * geometry.stride + geometry.kernel - geometry.input[axis]
          - geometry.padding)
    }
    let algorithm = geometry.isMaximum ? dnnl_pooling_max : dnnl_pooling_avg_include_padding
    var operation = dnnl_pooling_desc_t()
    var reverse = dnnl_pooling_desc_t()
    withUnsafePointer(to: source.raw) { s in
      withUnsafePointer(to: target.raw) { t in
        check(
          dnnl_pooling_forward_desc_init(
            &operation, dnnl_forward_training, algorithm, s, t, stride, kernel, padding, far),
          "pooling")
        check(
          dnnl_pooling_backward_desc_init(
            &reverse, algorithm, s, t, stride, kernel, padding, far), "pooling backward")
      }
    }
    guard let descriptor = Primitive.plan(operation),
      let reverseDescriptor = Primitive.plan(reverse, hint: descriptor)
    else { refuse("oneDNN has no pooling of \(geometry.input)") }
    let workspace =
      geometry.isMaximum ? Primitive.query(descriptor, dnnl_query_workspace_md) : nil
    workspaceByteCount = workspace?.byteCount ?? 0
    let extra = workspaceByteCount > 0 ? workspace.map { [(Argument.workspace, $0)] } ?? [] : []
    forward = Primitive(
      descriptor, [(Argument.source, source), (Argument.destination, target)] + extra)
    backward = Primitive(
      reverseDescriptor,
      [(Argument.destinationGradient, target), (Argument.sourceGradient, source)] + extra)
  }

  static func cached(_ geometry: PoolGeometry, _ layout: Layout) -> PoolPlan {
    let numbers =
      geometry.input.dimensions
      + [
        geometry.kernel, geometry.stride, geometry.padding, geometry.isMaximum ? 1 : 0,
        geometry.ceilMode ? 1 : 0,
      ]
    return Primitive.cached(PrimitiveKey(.pool, numbers, layouts: [layout])) {
      PoolPlan(geometry, layout)
    }
  }

  func runForward(_ x: Tensor, into y: Tensor, _ workspace: Storage?) {
    if let workspace {
      forward.run(x.data, y.data, workspace.pointer)
    } else {
      forward.run(x.data, y.data)
    }
    withExtendedLifetime(x) {}
  }

  func runBackward(_ gradient: Tensor, into dx: Tensor, _ workspace: Storage?) {
    if let workspace {
      backward.run(gradient.data, dx.data, workspace.pointer)
    } else {
      backward.run(gradient.data, dx.data)
    }
    withExtendedLifetime(gradient) {}
  }
}
