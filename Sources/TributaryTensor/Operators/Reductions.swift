internal import CTributaryKernels
internal import TributaryCore

extension Tensor {
  /// The sum of all elements, a scalar.
  public func sum() -> Tensor { sum(axes: Array(0..<rank)) }

  /// The sum over `axes`.
  public func sum(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    if rank == 2, axes == [0], !keepingDimensions, node == nil { return columnSums() }
    let reduced = Set(axes.map { normalized(axis: $0, "sum") })
    let kept = Shape(shape.indices.map { reduced.contains($0) ? 1 : shape[$0] })
    let dropped = Shape(shape.indices.filter { !reduced.contains($0) }.map { shape[$0] })
    let result = summed(over: reduced).recorded(self) { gradient, _ in
      [gradient.reshaped(kept).broadcast(to: self.shape)]
    }
    return result.reshaped(keepingDimensions ? kept : dropped)
  }

  public func mean() -> Tensor { sum() * (1 / Float(count)) }

  public func mean(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    let total = sum(axes: axes, keepingDimensions: keepingDimensions)
    return total * (Float(Swift.max(1, total.count)) / Float(Swift.max(1, count)))
  }

  /// The inverse of broadcasting: sums over what was repeated to get from `target` to this shape.
  func reduced(to target: Shape) -> Tensor {
    if shape == target { return self }
    let missing = rank - target.rank
    let axes = shape.indices.filter {
      $0 < missing || target[$0 - missing] == 1 && shape[$0] != 1
    }
    return sum(axes: axes, keepingDimensions: true).reshaped(target)
  }

  /// Row by row from the last run of neighbouring axes to the first; the shape loses the axes.
  private func summed(over axes: Set<Int>) -> Tensor {
    require(dtype == .float32, "sum needs float32, not \(dtype.rawValue)")
    if isBlocked, axes == [0, 2, 3] { return channelSums().summed(over: [0]) }
    var current = detached.contiguous()
    var remaining = axes
    while let last = remaining.max() {
      var first = last
      while remaining.contains(first - 1) { first -= 1 }
      current = current.summedRun(first...last)
      for axis in first...last { remaining.remove(axis) }
    }
    return current
  }

  /// The sums over the rows of a matrix: what a bias' gradient is.
  private func columnSums() -> Tensor {
    require(dtype == .float32, "sum needs float32, not \(dtype.rawValue)")
    let plain = contiguous()
    let result = Tensor(uninitialized: [shape[1]])
    let (source, target, rows, columns) = (plain.data, result.data, shape[0], shape[1])
    kernel(target) {
      sumColumns(source, outer: 1, rows: rows, columns: columns, into: target)
    }
    withExtendedLifetime(plain) {}
    return result
  }

  private func summedRun(_ run: ClosedRange<Int>) -> Tensor {
    let outer = shape[..<run.lowerBound].reduce(1, *)
    let inner = shape[(run.upperBound + 1)...].reduce(1, *)
    let length = shape[run].reduce(1, *)
    let result = Tensor(
      uninitialized: shape.removing(run))
    let (source, target) = (data, result.data)
    if inner == 1 {
      parallel(outer, grain: Swift.max(1, elementGrain / Swift.max(1, length))) {
        tributary_sum_rows(
          source + $0.lowerBound * length, $0.count, length, 1, target + $0.lowerBound)
      }
    } else {
      sumColumns(source, outer: outer, rows: length, columns: inner, into: target)
    }
    withExtendedLifetime(storage) {}
    return result
  }

  /// The sums over height and width of [B, C, H, W], in any dense layout: [B, C] without history.
  func channelSums() -> Tensor {
    guard case .blocked(let block) = layout else { return detached.summed(over: [2, 3]) }
    let channels = roundedUp(shape[1], to: block)
    let partial = Tensor(uninitialized: [shape[0], channels])
    sumColumns(
      data, outer: shape[0] * channels / block, rows: shape[2] * shape[3], columns: block,
      into: partial.data)
    withExtendedLifetime(storage) {}
    return partial.sliced(axis: 1, 0..<shape[1]).contiguous()
  }

  func normalized(axis: Int, _ name: String) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    require(positive >= 0 && positive < rank, "\(name): axis \(axis) of shape \(shape)")
    return positive
  }
}

/// Sums [outer, rows, columns] over its middle axis.
private func sumColumns(
  _ source: UnsafePointer<Float>, outer: Int, rows: Int, columns: Int,
  into target: UnsafeMutablePointer<Float>
) {
  if outer == 1 {
    parallel(columns, grain: Swift.max(16, elementGrain / Swift.max(1, rows))) {
      tributary_sum_columns(
        source + $0.lowerBound, rows, columns, $0.count, 1, target + $0.lowerBound)
    }
    return
  }
  parallel(outer, grain: Swift.max(1, elementGrain / Swift.max(1, rows * columns))) { range in
    for index in range {
      tributary_sum_columns(
        source + index * rows * columns, rows, columns, columns, 1, target + index * columns)
    }
  }
}
