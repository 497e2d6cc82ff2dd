import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

@Suite struct SparseProductTests {
  private let rows = 7
  private let columns = 5

  /// A third of the values is there; a row and a column are empty.
  private var entries: [SparseMatrix.Entry] {
    var stream = RandomKey(seed: 3).generator
    return (0..<rows).flatMap { row in
      (0..<columns).compactMap { column in
        let (isThere, value) = (stream.uniform() < 0.4, stream.uniform() * 2 - 1)
        guard isThere, row != 2, column != 3 else { return nil }
        return SparseMatrix.Entry(row: row, column: column, value: value)
      }
    }
  }

  private var matrix: SparseMatrix {
    SparseMatrix(rows: rows, columns: columns, entries: entries.reversed())
  }

  private func dense(_ matrix: SparseMatrix) -> Tensor {
    let size = matrix.columns
    let unit = (0..<size * size).map { $0 / size == $0 % size ? Float(1) : 0 }
    return sparseProduct(matrix, Tensor(unit, shape: [size, size]))
  }

  private func values(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var stream = RandomKey(seed: seed).generator
    return Tensor(
      (0..<shape.elementCount).map { _ in stream.uniform() * 2 - 1 }, shape: shape)
  }

  @Test func timesTheUnitMatrixIsItself() {
    var expected = [Float](repeating: 0, count: rows * columns)
    for entry in entries { expected[entry.row * columns + entry.column] = entry.value }
    #expect(dense(matrix).floats() == expected)
    #expect(dense(matrix.transposed).floats() == dense(matrix).permuted([1, 0]).floats())
    #expect(dense(matrix.transposed.transposed).floats() == expected)
    #expect(matrix.valueCount == entries.count)
  }

  @Test(arguments: [1, 3, 16, 33]) func equalsTheDenseProduct(width: Int) {
    let (x, seed) = (values([columns, width], 4), values([rows, width], 5))
    let (found, slope) = valueAndGradient(
      of: { (sparseProduct(matrix, $0["x"] ?? x) * seed).sum() }, at: ["x": x])
    let (expected, reference) = valueAndGradient(
      of: { (matmul(dense(matrix), $0["x"] ?? x) * seed).sum() }, at: ["x": x])
    #expect(abs(found.item - expected.item) < 1e-5)
    let text = difference(
      slope["x"]?.floats() ?? [], reference["x"]?.floats() ?? [], absolute: 1e-6, relative: 1e-5)
    #expect(text == nil)
  }

  /// d/dx of |A x|² is 2 AᵀA x, whose own derivative along v is 2 AᵀA v.
  @Test func isDifferentiableAgain() {
    let x = values([columns, 2], 6).variable()
    let v = values([columns, 2], 7)
    let first = gradient(of: sparseProduct(matrix, x).squared().sum(), at: [x], createGraph: true)[
      0]
    let second = gradient(of: (first * v).sum(), at: [x])[0]
    let expected = sparseProduct(matrix.transposed, sparseProduct(matrix, v)) * 2
    #expect(difference(second.floats(), expected.floats(), absolute: 1e-5, relative: 1e-5) == nil)
  }

  @Test func dropsTheSameValuesOfMatrixAndTranspose() {
    let many = SparseMatrix(
      rows: 100, columns: 100,
      entries: (0..<10_000).map { .init(row: $0 / 100, column: $0 % 100, value: 1) })
    let dropped = many.dropped(probability: 0.25, key: RandomKey(seed: 1))
    let values = dense(dropped).floats()
    let kept = values.count { $0 != 0 }
    #expect(abs(kept - 7500) < 200)
    #expect(values.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-4 })
    #expect(dense(dropped.transposed).floats() == dense(dropped).permuted([1, 0]).floats())
    #expect(many.dropped(probability: 0, key: RandomKey(seed: 1)) == many)
    #expect(many.dropped(probability: 0.25, key: RandomKey(seed: 2)) != dropped)
  }
}
