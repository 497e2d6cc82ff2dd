internal import CTributaryKernels
internal import TributaryCore

extension Tensor {
  /// `tensors` one after the other along `axis`.
  public static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
    require(!tensors.isEmpty, "concatenated: nothing to join")
    let axis = tensors[0].normalized(axis: axis, "concatenated")
    var shape = tensors[0].shape
    shape[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
    var starts: [Int] = []
    var start = 0
    for tensor in tensors {
      var expected = shape
      expected[axis] = tensor.shape[axis]
      require(
        tensor.shape == expected && tensor.dtype == tensors[0].dtype,
        "concatenated: \(tensor.shape) beside \(tensors[0].shape) along axis \(axis)")
      starts.append(start)
      start += tensor.shape[axis]
    }
    return joined(tensors, axis: axis, starts, shape).recorded(tensors) { gradient, call in
      tensors.indices.map { index in
        guard call.needs[index] else { return nil }
        let first = starts[index]
        return gradient.sliced(axis: axis, first..<(first + tensors[index].shape[axis]))
      }
    }
  }

  /// Along the channels blocked tensors stay blocked, where only the last may have a block with padding.
  private static func joined(
    _ tensors: [Tensor], axis: Int, _ starts: [Int], _ shape: Shape
  ) -> Tensor {
    for case .blocked(let block) in tensors.map(\.layout)
    where axis == 1 && starts.allSatisfy({ $0 % block == 0 }) {
      let layout = Layout.blocked(block)
      let parts = tensors.compactMap { $0.detached.converted(to: layout).unfoldedBlocks }
      var outer = parts[0].shape
      outer[1] = roundedUp(shape[1], to: block) / block
      var result = joined(parts, axis: 1, starts.map { $0 / block }, outer)
      result.shape = shape
      result.layout = layout
      return result
    }
    let result = Tensor(uninitialized: shape, dtype: tensors[0].dtype)
    for (tensor, start) in zip(tensors, starts) {
      result.place(tensor, axis: axis, start: start, step: 1)
    }
    return result
  }

  /// Zeros before and after along `axis`.
  public func padded(axis: Int, before: Int, after: Int) -> Tensor {
    let axis = normalized(axis: axis, "padded")
    require(before >= 0 && after >= 0, "padded: \(before) before, \(after) after")
    if before == 0, after == 0 { return self }
    var target = shape
    target[axis] += before + after
    return spread(axis: axis, start: before, step: 1, to: target)
  }

  /// Zeros of shape `target` with this tensor at start, start + step, ... along `axis`: the derivative of
  /// slicing, and in turn differentiated by slicing.
  func spread(axis: Int, start: Int, step: Int, to target: Shape) -> Tensor {
    let end = Swift.min(start + step * shape[axis], target[axis])
    return spreadValues(axis, start, step, target).recorded(self) { gradient, _ in
      [gradient.sliced(axis: axis, from: start, to: end, by: step)]
    }
  }

  private func spreadValues(_ axis: Int, _ start: Int, _ step: Int, _ target: Shape) -> Tensor {
    if axis >= 2, let blocks = detached.unfoldedBlocks {
      var outer = blocks.shape
      outer[axis] = target[axis]
      var result = blocks.spreadValues(axis, start, step, outer)
      result.shape = target
      result.layout = layout
      return result
    }
    let result = Tensor(uninitialized: target, dtype: dtype)
    result.fill(0, count: target.elementCount)
    result.place(self, axis: axis, start: start, step: step)
    return result
  }

  /// Writes `tensor` into this row-major tensor's memory.
  private func place(_ tensor: Tensor, axis: Int, start: Int, step: Int) {
    let source = tensor.isBlocked ? tensor.detached.contiguous() : tensor
    var strides = shape.rowMajorStrides
    let first = strides[axis] * start
    strides[axis] *= step
    copyStrided(
      source.shape.dimensions, from: source.words, source.strides, to: words + first, strides)
    withExtendedLifetime(source) {}
  }
}
