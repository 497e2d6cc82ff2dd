import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// The wrappers over LAPACK against NumPy and SciPy.
@Suite struct LinearAlgebraTests {
  private let golden: GoldenTensors

  init() throws { golden = try GoldenTensors("linear_algebra.safetensors") }

  private func matrix(_ name: String) throws -> Matrix {
    let shape = try golden.shape(name)
    return Matrix(try golden.doubles(name), rows: shape[0], columns: shape[1])
  }

  private func expect(_ found: [Double], _ name: String) throws {
    #expect(difference(found, try golden.doubles(name), absolute: 1e-10, relative: 1e-10) == nil)
  }

  @Test func symmetricEigenvectors() throws {
    let eigen = try SymmetricEigen(matrix("symmetric"))
    try expect(eigen.values, "eigen/values")
    try expect(eigen.vectors.values, "eigen/vectors")
    try expect(eigen.mapped { $0 }.values, "symmetric")
    try expect(SymmetricEigen(matrix("positive")).mapped { $0.squareRoot() }.values, "root")
  }

  @Test func generalizedEigenvectors() throws {
    let eigen = try SymmetricEigen(matrix("symmetric"), metric: matrix("positive"))
    try expect(eigen.values, "generalized/values")
    try expect(eigen.vectors.values, "generalized/vectors")
  }

  @Test func choleskySolves() throws {
    try expect(CholeskyFactor(matrix("positive")).solve(matrix("right")).values, "solution")
  }

  @Test(arguments: ["tall", "wide"])
  func singularVectors(name: String) throws {
    let svd = try SingularValues(matrix("\(name)/matrix"))
    try expect(svd.values, "\(name)/values")
    try expect(svd.left.values, "\(name)/left")
    try expect(svd.right.values, "\(name)/right")
  }

  @Test func whatHasNoSolutionIsRefused() throws {
    let indefinite = Matrix([1, 2, 2, 1], rows: 2, columns: 2)
    #expect(throws: TributaryError.self) { try CholeskyFactor(indefinite) }
    #expect(throws: TributaryError.self) {
      try SymmetricEigen(.identity(2), metric: indefinite)
    }
  }

  @Test func productsAgreeWithTheirDefinition() throws {
    let (a, b) = (try matrix("tall/matrix"), try matrix("wide/matrix"))
    var expected = Matrix(rows: 9, columns: 9)
    for row in 0..<9 {
      for column in 0..<9 {
        expected[row, column] = (0..<5).reduce(0) { $0 + a[row, $1] * b[$1, column] }
      }
    }
    for found in [
      a.times(b), a.transposed.transposedTimes(b), a.timesTransposed(b.transposed),
    ] {
      #expect(difference(found.values, expected.values, absolute: 1e-13) == nil)
    }
    let gram = a.gram
    #expect(gram == gram.transposed)
    #expect(
      difference(gram.values, a.transposedTimes(a).values, absolute: 1e-13) == nil)
  }

  @Test func theSameBitsOnEveryThread() async throws {
    let matrix = try matrix("positive")
    let expected = try SymmetricEigen(matrix).vectors
    try await withThrowingTaskGroup(of: Matrix.self) { group in
      for _ in 0..<8 { group.addTask { try SymmetricEigen(matrix).vectors } }
      for try await vectors in group { #expect(vectors == expected) }
    }
  }
}
