internal import CTributaryKernels
public import TributaryCore

/// Other shapes over the same memory.
extension Tensor {
  /// The same elements in row-major order under another shape; one extent may be -1.
  public func reshaped(_ newShape: Shape) -> Tensor {
    let target = resolved(newShape)
    if target == shape { return self }
    var result = detached
    if let row = rowStride, let last = target.last, last == shape.last {
      var strides = Shape(target.dropLast() + [row]).rowMajorStrides
      strides[target.rank - 1] = 1
      result.layout = .strided(strides)
    } else {
      result = result.contiguous()
    }
    result.shape = target
    return result.recorded(self) { gradient, _ in [gradient.reshaped(self.shape)] }
  }

  /// The distance between rows (the last axis) where rows follow each other at one distance, with gaps.
  var rowStride: Int? {
    guard rank >= 2, case .strided(let strides) = layout, strides[rank - 1] == 1 else { return nil }
    let row = strides[rank - 2]
    let follow = (0..<(rank - 2)).allSatisfy { strides[$0] == strides[$0 + 1] * shape[$0 + 1] }
    return follow && row > shape[rank - 1] ? row : nil
  }

  private func resolved(_ newShape: Shape) -> Shape {
    var target = newShape
    if let open = target.firstIndex(of: -1) {
      let known = target.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
      target[open] = known == 0 ? 0 : count / known
    }
    require(target.elementCount == count, "reshaped: \(shape) cannot become \(newShape)")
    return target
  }

  /// All axes from `axis` on as one.
  public func flattened(from axis: Int = 1) -> Tensor {
    reshaped(Shape(shape.dimensions[..<axis] + [shape[axis...].reduce(1, *)]))
  }

  /// Axis `i` of the result is axis `axes[i]` of this: a view.
  public func permuted(_ axes: [Int]) -> Tensor {
    require(axes.sorted() == Array(0..<rank), "permuted: \(axes) of shape \(shape)")
    var inverse = axes
    for (index, axis) in axes.enumerated() { inverse[axis] = index }
    // Channels last are had from blocks in one step.
    let source = isBlocked && axes == [0, 2, 3, 1] ? detached.channelsLast() : self
    return source.view(
      shape: Shape(axes.map { shape[$0] }), strides: { own in axes.map { own[$0] } }
    ).recorded(self) { gradient, _ in [gradient.permuted(inverse)] }
  }

  /// With the last two axes exchanged.
  public func transposed() -> Tensor {
    require(rank >= 2, "transposed: shape \(shape)")
    return permuted(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// Repeated along axes of extent 1 and along new leading axes, as NumPy: a view.
  public func broadcast(to target: Shape) -> Tensor {
    if shape == target { return self }
    require(
      Shape.broadcast(shape, target) == target, "broadcast: \(shape) cannot become \(target)")
    let plain = isBlocked ? detached.contiguous() : detached
    let strides = plain.strides(broadcastTo: target)
    return plain.view(shape: target, strides: { _ in strides }).recorded(self) { gradient, _ in
      [gradient.reduced(to: self.shape)]
    }
  }

  /// Elements `range` along `axis`: a view.
  public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
    sliced(axis: axis, from: range.lowerBound, to: range.upperBound, by: 1)
  }

  /// Elements start, start + step, ... below `end` along `axis`: a view.
  public func sliced(axis: Int, from start: Int, to end: Int, by step: Int) -> Tensor {
    let axis = normalized(axis: axis, "sliced")
    require(
      start >= 0 && start <= end && end <= shape[axis] && step > 0,
      "sliced: \(start)..<\(end) by \(step) of axis \(axis) of \(shape)")
    if start == 0, end == shape[axis], step == 1 { return self }
    var target = shape
    target[axis] = (end - start + step - 1) / step
    let result = slicedValues(axis, start, step, target)
    return result.recorded(self) { gradient, _ in
      [gradient.spread(axis: axis, start: start, step: step, to: self.shape)]
    }
  }

  private func slicedValues(_ axis: Int, _ start: Int, _ step: Int, _ target: Shape) -> Tensor {
    if axis >= 2, let blocks = detached.unfoldedBlocks {
      // Along height and width a blocked tensor stays blocked.
      var inner = blocks.shape
      inner[axis] = target[axis]
      var result = blocks.slicedValues(axis, start, step, inner).contiguous()
      result.shape = target
      result.layout = layout
      return result
    }
    if axis == 1, case .blocked(let block) = layout, let blocks = detached.unfoldedBlocks,
      start % block == 0, step == 1, start + target[1] == shape[1] || target[1] % block == 0
    {
      // Whole blocks of channels, too.
      var inner = blocks.shape
      inner[1] = roundedUp(target[1], to: block) / block
      var result = blocks.slicedValues(1, start / block, 1, inner).contiguous()
      result.shape = target
      result.layout = layout
      return result
    }
    let plain = isBlocked ? detached.contiguous() : detached
    var result = plain.view(shape: target) { own in
      var strides = own
      strides[axis] *= step
      return strides
    }
    result.offset += start * plain.strides[axis]
    return result
  }

  private func view(shape: Shape, strides: ([Int]) -> [Int]) -> Tensor {
    var result = isBlocked ? detached.contiguous() : detached
    let own = strides(result.strides)
    result.shape = shape
    result.layout = own == shape.rowMajorStrides ? .rowMajor : .strided(own)
    return result
  }
}
