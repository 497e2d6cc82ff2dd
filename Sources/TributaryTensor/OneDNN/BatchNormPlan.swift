internal import COneDNN
internal import TributaryCore

/// Planned batch normalisation in training: forward (statistics out) and backward.
final class BatchNormPlan {
  private let forward: Primitive
  private let backward: Primitive
  let workspaceByteCount: Int

  private init(_ shape: Shape, _ layout: Layout, _ epsilon: Float, _ relu: Bool) {
    let data = MemoryDescriptor(shape, layout)
    let channel = MemoryDescriptor([shape[1]], .rowMajor)
    let flags =
      dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
      | (relu ? dnnl_fuse_norm_relu.rawValue : 0)
    var operation = dnnl_batch_normalization_desc_t()
    var reverse = dnnl_batch_normalization_desc_t()
    withUnsafePointer(to: data.raw) { raw in
      check(
        dnnl_batch_normalization_forward_desc_init(
          &operation, dnnl_forward_training, raw, epsilon, flags), "batch norm")
      check(
        dnnl_batch_normalization_backward_desc_init(
          &reverse, dnnl_backward, raw, raw, epsilon, flags), "batch norm backward")
    }
    guard let descriptor = Primitive.plan(operation),
      let reverseDescriptor = Primitive.plan(reverse, hint: descriptor)
    else { refuse("oneDNN has no batch norm of \(shape)") }
    let workspace = relu ? Primitive.query(descriptor, dnnl_query_workspace_md) : nil
    workspaceByteCount = workspace?.byteCount ?? 0
    let extra = workspaceByteCount > 0 ? workspace.map { [(Argument.workspace, $0)] } ?? [] : []
    forward = Primitive(
      descriptor,
      [
        (Argument.source, data), (Argument.scale, channel), (Argument.shift, channel),
        (Argument.destination, data), (Argument.mean, channel), (Argument.variance, channel),
      ] + extra)
    backward = Primitive(
      reverseDescriptor,
      [
        (Argument.source, data), (Argument.scale, channel), (Argument.shift, channel),
        (Argument.mean, channel), (Argument.variance, channel),
        (Argument.destinationGradient, data),
        (Argument.sourceGradient, data), (Argument.scaleGradient, channel),
        (Argument.shiftGradient, channel),
      ] + extra)
  }

  static func cached(
    _ shape: Shape, _ layout: Layout, epsilon: Float, relu: Bool
  ) -> BatchNormPlan {
    let numbers = shape.dimensions + [Int(epsilon.bitPattern), relu ? 1 : 0]
    return Primitive.cached(PrimitiveKey(.batchNorm, numbers, layouts: [layout])) {
      BatchNormPlan(shape, layout, epsilon, relu)
    }
  }

  func runForward(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor, into y: Tensor, _ mean: Tensor,
    _ variance: Tensor, _ workspace: Storage?
  ) {
    if let workspace {
      forward.run(
        x.data, weight.data, bias.data, y.data, mean.data, variance.data, workspace.pointer)
    } else {
      forward.run(x.data, weight.data, bias.data, y.data, mean.data, variance.data)
    }
    withExtendedLifetime((x, weight, bias)) {}
  }

  func runBackward(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ mean: Tensor, _ variance: Tensor,
    _ gradient: Tensor, into dx: Tensor, _ dw: Tensor, _ db: Tensor, _ workspace: Storage?
  ) {
    if let workspace {
      backward.run(
        x.data, weight.data, bias.data, mean.data, variance.data, gradient.data, dx.data, dw.data,
        db.data,
        workspace.pointer)
    } else {
      backward.run(
        x.data, weight.data, bias.data, mean.data, variance.data, gradient.data, dx.data, dw.data,
        db.data)
    }
    withExtendedLifetime((x, weight, bias, mean, variance, gradient)) {}
  }
}
