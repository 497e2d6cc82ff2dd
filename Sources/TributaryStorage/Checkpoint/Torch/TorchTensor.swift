internal import TributaryCore

/// A block of elements that tensors share, by its key in the checkpoint.
struct TorchStorage {
  var key: String
  /// `uint8` for untyped bytes.
  var dtype: DType
  /// Elements in the whole block.
  var count: Int
  /// The part of the block that this storage is.
  var elements: Range<Int>
}

/// A tensor as PyTorch saves it: where its elements lie in a storage.
struct TorchTensor {
  var storage: TorchStorage
  var dtype: DType
  /// In elements of `dtype` from the storage's beginning.
  var offset: Int
  var shape: [Int]
  var strides: [Int]

  /// What makes it impossible; nil where every element lies within the storage, and none is taken more
  /// often than the storage has elements.
  var problem: String? {
    guard shape.count == strides.count else {
      return "a tensor with \(strides.count) strides for \(shape.count) axes"
    }
    guard let elementCount = Shape(shape).checkedElementCount else {
      return "a tensor of impossible shape \(shape)"
    }
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
      return "a tensor with a negative offset or stride"
    }
    let available = storage.elements.count * storage.dtype.byteCount / dtype.byteCount
    guard elementCount > 0 else { return nil }
    var last = offset
    for (extent, stride) in zip(shape, strides) {
      let (distance, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, tooLarge) = last.addingReportingOverflow(distance)
      if tooFar || tooLarge { return "a tensor outside its storage" }
      last = sum
    }
    guard last < available else { return "a tensor outside its storage" }
    return elementCount > available ? "a tensor that repeats its storage's elements" : nil
  }

  /// Whether the elements lie one after the other in row-major order.
  var isContiguous: Bool {
    zip(shape, zip(strides, Shape(shape).rowMajorStrides)).allSatisfy { extent, strides in
      extent == 1 || strides.0 == strides.1
    } || shape.contains(0)
  }

  /// The storage's bytes that begin with the first element.
  func start(in block: Bytes) -> Bytes {
    guard !shape.contains(0) else { return .empty }
    let first = storage.elements.lowerBound * storage.dtype.byteCount + offset * dtype.byteCount
    return block[min(first, block.count)..<block.count]
  }

  /// The elements in row-major order, gathered from where they lie.
  func gathered(from block: Bytes) -> Bytes {
    let size = dtype.byteCount
    let source = start(in: block)
    return Bytes(count: Shape(shape).elementCount * size) { target in
      source.withUnsafeBytes { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        var index = [Int](repeating: 0, count: shape.count)
        var place = 0
        for position in stride(from: 0, to: target.count, by: size) {
          (to + position).copyMemory(from: from + place * size, byteCount: size)
          for axis in shape.indices.reversed() {
            index[axis] += 1
            // Wrapping: the stride of an axis of length 1 may be any number.
            place &+= strides[axis]
            if index[axis] < shape[axis] { break }
            place &-= strides[axis] &* shape[axis]
            index[axis] = 0
          }
        }
      }
    }
  }
}
