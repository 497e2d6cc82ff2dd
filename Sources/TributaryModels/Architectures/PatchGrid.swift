internal import TributaryCore
internal import TributaryTensor

/// An image cut into square patches, `rows` times `columns` of them.
struct PatchGrid: Sendable {
  let side: Int
  let rows: Int
  let columns: Int

  /// - Throws: `model.configuration` where the patches do not fill the image.
  init(_ image: ImageConfiguration, side: Int) throws {
    guard image.height % side == 0, image.width % side == 0 else {
      throw TributaryError(
        "model.configuration",
        "patches of \(side)x\(side) pixels do not fill images of \(image.height)x\(image.width)",
        advice: "set data.image.size to multiples of \(side)")
    }
    self.side = side
    rows = image.height / side
    columns = image.width / side
  }

  /// [B, C, H, W] as [B, rows * columns, C * side * side].
  func patches(of x: Tensor) -> Tensor {
    let (batch, channels) = (x.shape[0], x.shape[1])
    return x.reshaped([batch, channels, rows, side, columns, side])
      .permuted([0, 2, 4, 1, 3, 5]).reshaped([batch, rows * columns, channels * side * side])
  }

  /// Position embeddings [1, 1 + n * n, size] of a square grid, resized to this one as timm does: bicubic with
  /// antialiasing, the class token's kept. nil where the tensor is no such thing.
  func resizedPositions(_ positions: Tensor) -> Tensor? {
    guard positions.rank == 3, positions.shape[0] == 1, positions.shape[1] > 1 else { return nil }
    let count = positions.shape[1] - 1
    let old = Int(Double(count).squareRoot().rounded())
    guard old * old == count else { return nil }
    let size = positions.shape[2]
    let first = positions.sliced(axis: 1, 0..<1)
    let rest = positions.sliced(axis: 1, 1..<(count + 1)).reshaped([old, old * size])
    let tall = matmul(Self.resampling(from: old, to: rows), rest).reshaped([rows, old, size])
    let resized = matmul(Self.resampling(from: old, to: columns), tall)
    return Tensor.concatenated([first, resized.reshaped([1, rows * columns, size])], axis: 1)
  }

  /// [to, from]: what each new sample takes of the old ones, by Keys' cubic with a = -0.5 (1981), widened where
  /// there are fewer new samples.
  private static func resampling(from old: Int, to new: Int) -> Tensor {
    let ratio = Double(old) / Double(new)
    let stretch = max(1, ratio)
    var values = [Float](repeating: 0, count: new * old)
    for row in 0..<new {
      let centre = ratio * (Double(row) + 0.5)
      let first = max(0, Int(centre - 2 * stretch + 0.5))
      let last = min(old, Int(centre + 2 * stretch + 0.5))
      let weights = (first..<last).map { cubic((Double($0) - centre + 0.5) / stretch) }
      let total = weights.reduce(0, +)
      for (index, weight) in weights.enumerated() {
        values[row * old + first + index] = Float(weight / total)
      }
    }
    return Tensor(values, shape: [new, old])
  }

  private static func cubic(_ distance: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }
}
