public import TributaryCore
internal import TributaryTensor

/// How statistics travel: integers in units of 2^-24, so that the sum of any number of clients is exact, in any
/// order, but for the one rounding at each client.
///
/// `@features/counts` [classes], `@features/sums` [classes, width], and where they are needed
/// `@features/products` [width (width + 1) / 2], the lower triangle row by row.
extension FeatureStatistics {
  private static let unit = 0x1p24
  private static let kind = "features"

  private static func name(_ part: String) -> String {
    ParameterTree<HostTensor>.carriedName(kind, of: part)
  }

  /// - Throws: `features.range` where a sum is beyond 2^28 or no number.
  public func tensors(products withProducts: Bool = true) throws -> ParameterTree<HostTensor> {
    var tensors: ParameterTree<HostTensor> = [:]
    tensors[Self.name("counts")] = try Self.fixed(counts, shape: [classes])
    tensors[Self.name("sums")] = try Self.fixed(sums.values, shape: [classes, width])
    if withProducts {
      let triangle = (0..<width).flatMap { row in products.row(row).prefix(row + 1) }
      tensors[Self.name("products")] = try Self.fixed(triangle, shape: [triangle.count])
    }
    return tensors
  }

  /// The sum of `clients` clients' statistics from the mean of their tensors.
  ///
  /// - Throws: `features.tensors` where they are not of one federation's.
  public init(mean tensors: ParameterTree<HostTensor>, clients: Int) throws {
    func values(_ part: String) throws -> ([Double], Shape)? {
      guard let tensor = tensors[Self.name(part)] else { return nil }
      guard tensor.dtype == .int64 else { throw Self.misfit }
      let scale = Double(clients) / Self.unit
      return (tensor.bytes.array(of: Int64.self).map { Double($0) * scale }, tensor.shape)
    }
    guard let (counts, _) = try values("counts"), let (sums, shape) = try values("sums"),
      shape.rank == 2, shape[0] == counts.count
    else { throw Self.misfit }
    self.init(classes: counts.count, width: shape[1])
    // The mean is rounded to the unit; a number of examples is a whole one.
    self.counts = counts.map { $0.rounded() }
    self.sums.values = sums
    guard let (triangle, _) = try values("products") else { return }
    guard triangle.count == width * (width + 1) / 2 else { throw Self.misfit }
    var index = 0
    for row in 0..<width {
      for column in 0...row {
        products[row, column] = triangle[index]
        products[column, row] = triangle[index]
        index += 1
      }
    }
  }

  private static func fixed(_ values: [Double], shape: Shape) throws -> HostTensor {
    let integers = try values.map { value -> Int64 in
      guard value.magnitude <= 0x1p28 else {
        throw TributaryError(
          "features.range", "a sum over the features is \(value), beyond what can be added exactly",
          advice: "use a backbone with features of ordinary size, or divide the client's examples")
      }
      return Int64((value * unit).rounded())
    }
    return try HostTensor(dtype: .int64, shape: shape, bytes: Bytes(copying: integers))
  }

  private static let misfit = TributaryError(
    "features.tensors", "the statistics of the features do not fit together")
}
