internal import COneDNN
internal import Synchronization
internal import TributaryCore

/// A planned product x [m, k] w (+ bias): w in the format that oneDNN likes best, or plain.
final class MatrixPlan {
  struct Geometry: Equatable {
    let m: Int
    let k: Int
    let n: Int
    /// The distances between x's rows and between its columns; one of them is 1.
    let source: (row: Int, column: Int)
    /// The distance between the result's rows.
    let target: Int
    /// Whether w lies transposed in memory, as [n, k].
    var transposed = false
    var hasBias = false
    var precision = ComputePrecision.float32
    /// Whether w stays row-major: where it is new in every product.
    var plain = false

    var numbers: [Int] {
      [
        m, k, n, source.row, source.column, target, transposed ? 1 : 0, hasBias ? 1 : 0,
        precision == .bfloat16 ? 1 : 0, plain ? 1 : 0,
      ]
    }

    static func == (a: Geometry, b: Geometry) -> Bool { a.numbers == b.numbers }
  }

  private let weights: MemoryDescriptor
  private let plainWeights: MemoryDescriptor
  private lazy var reorder = OneDNN.makeReorder(from: plainWeights, to: weights)
  private let primitive: Primitive

  private init(_ geometry: Geometry) {
    let (m, k, n) = (geometry.m, geometry.k, geometry.n)
    let type = geometry.precision == .bfloat16 ? dnnl_bf16 : dnnl_f32
    plainWeights = MemoryDescriptor([k, n], strides: geometry.transposed ? [1, k] : [n, 1])
    let source = MemoryDescriptor(
      [m, k], strides: [geometry.source.row, geometry.source.column], type: type)
    let asked =
      geometry.plain
      ? MemoryDescriptor([k, n], strides: [n, 1], type: type)
      : MemoryDescriptor.any([k, n], type: type)
    let bias = MemoryDescriptor([1, n], .rowMajor)
    let target = MemoryDescriptor([m, n], strides: [geometry.target, 1])
    var operation = dnnl_matmul_desc_t()
    withUnsafePointer(to: source.raw) { s in
      withUnsafePointer(to: asked.raw) { w in
        withUnsafePointer(to: bias.raw) { b in
          withUnsafePointer(to: target.raw) { t in
            check(
              dnnl_matmul_desc_init(&operation, s, w, geometry.hasBias ? b : nil, t), "a product")
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
    if geometry.hasBias { arguments.append((Argument.bias, bias)) }
    primitive = Primitive(descriptor, arguments)
  }

  static func cached(_ geometry: Geometry) -> MatrixPlan {
    Primitive.cached(PrimitiveKey(.matmul, geometry.numbers)) { MatrixPlan(geometry) }
  }

  /// `x` in the plan's precision; `matrix` always float32 and contiguous.
  func run(
    _ x: UnsafeMutableRawPointer, _ matrix: Tensor, _ bias: Tensor?,
    into y: UnsafeMutablePointer<Float>
  ) {
    let weights = matrix.weights(as: self.weights, seenAs: plainWeights) { reorder }
    run(x, weights.pointer, bias, into: y)
    withExtendedLifetime(weights) {}
  }

  /// `weights` in the plan's precision and format.
  func run(
    _ x: UnsafeMutableRawPointer, _ weights: UnsafeMutableRawPointer, _ bias: Tensor?,
    into y: UnsafeMutablePointer<Float>
  ) {
    if let bias {
      primitive.run(x, weights, y, bias.data)
    } else {
      primitive.run(x, weights, y)
    }
    withExtendedLifetime(bias) {}
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
