internal import CTributaryKernels
internal import TributaryCore

/// The one place where a tensor changes its layout. The values and their history stay the same.
extension Tensor {
  /// Row-major, without gaps.
  func contiguous() -> Tensor {
    switch layout {
    case .rowMajor: return self
    case .blocked: return reordered(to: .rowMajor)
    case .strided(let strides):
      if strides == shape.rowMajorStrides { return with(layout: .rowMajor) }
      var result = Tensor(uninitialized: shape, dtype: dtype)
      copyStrided(
        shape.dimensions, from: words, strides, to: result.words, shape.rowMajorStrides)
      withExtendedLifetime(storage) {}
      result.node = node
      return result
    }
  }

  /// Row-major or blocked: anything that a loop over the stored elements may walk.
  func dense() -> Tensor { isDense ? self : contiguous() }

  /// In `target`, which must be row-major or blocked.
  func converted(to target: Layout) -> Tensor {
    if layout == target { return self }
    if case .blocked = target {
      return (isChannelsLast ? self : dense()).reordered(to: target)
    }
    return contiguous()
  }

  /// [B, C, H, W] that lies in memory as [B, H, W, C].
  func channelsLast() -> Tensor {
    reordered(to: .strided(Layout.channelsLastStrides(shape)))
  }

  private var isChannelsLast: Bool {
    rank == 4 && layout == .strided(Layout.channelsLastStrides(shape))
  }

  private func reordered(to target: Layout) -> Tensor {
    var result = Tensor(uninitialized: shape, layout: target)
    OneDNN.reorder(
      from: MemoryDescriptor(shape, layout), data, to: MemoryDescriptor(shape, target), result.data,
      key: PrimitiveKey(.reorder, shape.dimensions, layouts: [layout, target]))
    withExtendedLifetime(storage) {}
    result.node = node
    return result
  }

  func with(layout: Layout) -> Tensor {
    var copy = self
    copy.layout = layout
    return copy
  }

  /// Zeros in the padded channels again, after an operation that does not keep 0 at 0.
  func restoringPadding() -> Tensor {
    guard case .blocked(let block) = layout, shape[1] % block != 0 else { return self }
    ThreadContext.current.tape?.giveUp()
    let used = shape[1] % block
    let area = shape[2] * shape[3]
    let blocks = roundedUp(shape[1], to: block) / block
    let target = data
    for batch in 0..<shape[0] {
      let base = target + ((batch + 1) * blocks - 1) * area * block
      for position in 0..<area {
        for channel in used..<block { base[position * block + channel] = 0 }
      }
    }
    return self
  }

  /// A blocked tensor as what it is in memory: [B, C / block, H, W, block].
  var unfoldedBlocks: Tensor? {
    guard case .blocked(let block) = layout else { return nil }
    var result = self
    result.shape = [shape[0], roundedUp(shape[1], to: block) / block, shape[2], shape[3], block]
    result.layout = .rowMajor
    return result
  }
}

/// Copies words between two strided arrays of the same extents.
func copyStrided(
  _ dimensions: [Int], from source: UnsafePointer<UInt32>, _ sourceStrides: [Int],
  to target: UnsafeMutablePointer<UInt32>, _ targetStrides: [Int]
) {
  let loop = StridedLoop(dimensions, [sourceStrides, targetStrides])
  guard loop.elementCount > 0 else { return }
  let rank = loop.dimensions.count
  let row = loop.strides.map { rank >= 2 ? $0[rank - 2] : 0 }
  let step = loop.strides.map { $0[rank - 1] }
  // The two innermost axes go to the kernel; a transposition wants the axis that the source runs along.
  let rows = rank >= 2 ? loop.dimensions[rank - 2] : 1
  let columns = loop.dimensions[rank - 1]
  loop.forEachOuter(dropping: 2) { offsets in
    tributary_copy_rows(
      source + offsets[0], row[0], step[0], target + offsets[1], row[1], step[1], rows, columns)
  }
}
