internal import CTributaryKernels
internal import TributaryCore

/// The largest value under each window of x [B, C, H, W]; stride as the kernel by default, padding ignored.
///
/// - Parameter ceilMode: as torch's: a window that reaches over the far edge counts, too.
public func maxPool2d(
  _ x: Tensor, kernel: Int, stride: Int? = nil, padding: Int = 0, ceilMode: Bool = false
) -> Tensor {
  var geometry = poolGeometry("maxPool2d", x, kernel, stride, padding, isMaximum: true)
  geometry.ceilMode = ceilMode
  return maxPool(geometry, x)
}

private func maxPool(_ geometry: PoolGeometry, _ x: Tensor) -> Tensor {
  let input = x.detached.dense()
  func differentiable(_ gradient: Tensor) -> Tensor {
    let positions = maximumPositions(geometry, input.contiguous())
    return scatteredPlanes(gradient, positions, to: geometry.input)
  }
  if let pool = TiledMaxPool(geometry, input.layout) {
    let (output, positions) = pool.forward(input)
    return output.recorded(x) { gradient, _ in
      [isRecording ? differentiable(gradient) : pool.backward(gradient, positions)]
    }
  }
  let plan = PoolPlan.cached(geometry, input.layout)
  let output = Tensor(uninitialized: geometry.output, layout: input.layout)
  let workspace = plan.workspaceByteCount > 0 ? Storage(byteCount: plan.workspaceByteCount) : nil
  plan.runForward(input, into: output, workspace)
  return output.recorded(x) { gradient, _ in
    if isRecording { return [differentiable(gradient)] }
    let dx = Tensor(uninitialized: geometry.input, layout: input.layout)
    PoolPlan.cached(geometry, input.layout)
      .runBackward(gradient.converted(to: input.layout), into: dx, workspace)
    return [dx]
  }
}

/// The mean under each window of x [B, C, H, W], padding counted as zeros (torch's default).
public func averagePool2d(
  _ x: Tensor, kernel: Int, stride: Int? = nil, padding: Int = 0
) -> Tensor {
  averagePool(poolGeometry("averagePool2d", x, kernel, stride, padding, isMaximum: false), x)
}

/// The mean of each channel: [B, C, H, W] -> [B, C].
public func globalAveragePool(_ x: Tensor) -> Tensor {
  require(x.rank == 4, "globalAveragePool: shape \(x.shape)")
  return channelMeans(x)
}

private func poolGeometry(
  _ name: String, _ x: Tensor, _ kernel: Int, _ stride: Int?, _ padding: Int, isMaximum: Bool
) -> PoolGeometry {
  require(
    x.rank == 4 && kernel > 0 && (stride ?? 1) > 0 && padding >= 0 && 2 * padding <= kernel
      && x.shape[2] + 2 * padding >= kernel && x.shape[3] + 2 * padding >= kernel,
    "\(name): kernel \(kernel), padding \(padding) on \(x.shape)")
  return PoolGeometry(
    input: x.shape, kernel: kernel, stride: stride ?? kernel, padding: padding,
    isMaximum: isMaximum)
}

// Average pooling and its gradient are linear, each the other's derivative.
private func averagePool(_ geometry: PoolGeometry, _ x: Tensor) -> Tensor {
  let input = x.detached.dense()
  let output = Tensor(uninitialized: geometry.output, layout: input.layout)
  PoolPlan.cached(geometry, input.layout).runForward(input, into: output, nil)
  return output.recorded(x) { gradient, _ in [averagePoolGradient(geometry, gradient)] }
}

private func averagePoolGradient(_ geometry: PoolGeometry, _ gradient: Tensor) -> Tensor {
  let upstream = gradient.detached.dense()
  let dx = Tensor(uninitialized: geometry.input, layout: upstream.layout)
  PoolPlan.cached(geometry, upstream.layout).runBackward(upstream, into: dx, nil)
  return dx.recorded(gradient) { seed, _ in [averagePool(geometry, seed)] }
}

private func maximumPositions(_ geometry: PoolGeometry, _ x: Tensor) -> Tensor {
  let positions = Tensor(uninitialized: geometry.output, dtype: .int32)
  let values = Tensor(uninitialized: geometry.output)
  tributary_max_pool(
    x.data, x.shape[0] * x.shape[1], Int32(x.shape[2]), Int32(x.shape[3]), Int32(geometry.kernel),
    Int32(geometry.stride), Int32(geometry.padding), Int32(geometry.output[2]),
    Int32(geometry.output[3]), values.data, positions.integers)
  withExtendedLifetime((x, values)) {}
  return positions
}

private func scatteredPlanes(_ x: Tensor, _ positions: Tensor, to shape: Shape) -> Tensor {
  let input = x.detached.contiguous()
  let output = Tensor.zeros(shape)
  tributary_scatter_planes(
    input.data, positions.integers, shape[0] * shape[1], x.shape[2] * x.shape[3],
    shape[2] * shape[3], output.data)
  withExtendedLifetime((input, positions)) {}
  return output.recorded(x) { gradient, _ in [gatheredPlanes(gradient, positions)] }
}

private func gatheredPlanes(_ x: Tensor, _ positions: Tensor) -> Tensor {
  let input = x.detached.contiguous()
  let output = Tensor(uninitialized: positions.shape)
  tributary_gather_planes(
    input.data, positions.integers, x.shape[0] * x.shape[1],
    positions.shape[2] * positions.shape[3], x.shape[2] * x.shape[3], output.data)
  withExtendedLifetime((input, positions)) {}
  return output.recorded(x) { gradient, _ in [scatteredPlanes(gradient, positions, to: x.shape)] }
}

private func channelMeans(_ x: Tensor) -> Tensor {
  let area = x.shape[2] * x.shape[3]
  let input = x.detached.dense()
  let output = input.channelSums().mapped(keepsZero: true) {
    tributary_affine($0, $1, 1 / Float(area), 0, $2)
  }
  let layout = input.layout
  return output.recorded(x) { gradient, _ in
    [spreadOverPlanes(gradient, to: x.shape, layout: layout)]
  }
}

/// g [B, C] / (H W) at every position of [B, C, H, W].
private func spreadOverPlanes(_ gradient: Tensor, to shape: Shape, layout: Layout) -> Tensor {
  let share = gradient * (1 / Float(shape[2] * shape[3]))
  let small = share.reshaped([shape[0], shape[1], 1, 1])
  guard case .blocked(let block) = layout, !isRecording else { return small.broadcast(to: shape) }
  // [B, C / block, 1, 1, block] repeated over height and width.
  let blocks = small.converted(to: layout).unfoldedBlocks.unsafelyUnwrapped
  var result = blocks.broadcast(
    to: [shape[0], roundedUp(shape[1], to: block) / block, shape[2], shape[3], block]
  ).contiguous()
  result.shape = shape
  result.layout = layout
  return result
}
