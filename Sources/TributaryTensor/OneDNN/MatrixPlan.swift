internal import COneDNN
internal import Synchronization
internal import TributaryCore

/// A planned product x [m, k] w (+ bias): w in the format that oneDNN likes best.
final class MatrixPlan {
  private let weights: MemoryDescriptor
  private let plainWeights: MemoryDescriptor
  private lazy var reorder = OneDNN.makeReorder(from: plainWeights, to: weights)
  private let primitive: Primitive

  private init(m: Int, k: Int, n: Int, rows: (Int, Int), transposed: Bool, hasBias: Bool) {
    plainWeights = MemoryDescriptor([k, n], strides: transposed ? [1, k] : [n, 1])
    let source = MemoryDescriptor([m, k], strides: [rows.0, 1])
    let anyWeights = MemoryDescriptor.any([k, n])
    let bias = MemoryDescriptor([1, n], .rowMajor)
    let target = MemoryDescriptor([m, n], strides: [rows.1, 1])
    var operation = dnnl_matmul_desc_t()
    withUnsafePointer(to: source.raw) { s in
      withUnsafePointer(to: anyWeights.raw) { w in
        withUnsafePointer(to: bias.raw) { b in
          withUnsafePointer(to: target.raw) { t in
            check(dnnl_matmul_desc_init(&operation, s, w, hasBias ? b : nil, t), "a product")
          }
        }
      }
    }
    guard let descriptor = Primitive.plan(operation),
      let weights = Primitive.query(descriptor, dnnl_query_weights_md)
    else { refuse("oneDNN has no product of [\(m), \(k)] and [\(k), \(n)]") }
    self.weights = weights
    var arguments = [
      (Argument.source, source), (Argument.weights, weights), (Argument.destination, target),
    ]
    if hasBias { arguments.append((Argument.bias, bias)) }
    primitive = Primitive(descriptor, arguments)
  }

  /// `rows`: the distances between the rows of x and of the result.
  static func cached(
    m: Int, k: Int, n: Int, rows: (Int, Int), transposed: Bool, hasBias: Bool
  ) -> MatrixPlan {
    let key = PrimitiveKey(
      .matmul, [m, k, n, rows.0, rows.1, transposed ? 1 : 0, hasBias ? 1 : 0])
    return Primitive.cached(key) {
      MatrixPlan(m: m, k: k, n: n, rows: rows, transposed: transposed, hasBias: hasBias)
    }
  }

  func run(_ x: Tensor, _ matrix: Tensor, _ bias: Tensor?, into y: UnsafeMutablePointer<Float>) {
    let weights = matrix.weights(as: self.weights, seenAs: plainWeights) { reorder }
    if let bias {
      primitive.run(x.data, weights.pointer, y, bias.data)
    } else {
      primitive.run(x.data, weights.pointer, y)
    }
    withExtendedLifetime((x, weights, bias)) {}
  }
}

extension Tensor {
  /// The memory of these weights in format `target`; the copy is kept while the values are unchanged.
  ///
  /// `descriptor` says how the row-major weights look to the primitive (transposed, grouped); `reorder`
  /// converts from it to `target`.
  func weights(
    as target: MemoryDescriptor, seenAs descriptor: MemoryDescriptor, reorder: () -> Primitive
  ) -> Storage {
    let plain = contiguous()
    if descriptor == target, plain.offset == 0 { return plain.storage }
    if plain.offset == 0 {
      let known = plain.storage.conversions.withLock { list in
        list.first { $0.source == descriptor && $0.target == target }?.storage
      }
      if let known { return known }
    }
    let converted = Storage(byteCount: target.byteCount)
    reorder().run(plain.data, converted.pointer)
    guard plain.offset == 0 else { return withExtendedLifetime(plain) { converted } }
    let entry = Storage.Conversion(source: descriptor, target: target, storage: converted)
    return plain.storage.conversions.withLock { list in
      // Another thread may have been faster: one copy is kept, whoever made it.
      let known = list.first { $0.source == descriptor && $0.target == target }
      if known == nil { list.append(entry) }
      return known?.storage ?? converted
    }
  }
}
