public import TributaryTensor

/// Features of one scale.
public enum Standardization {
  /// Every row divided by its sum, as histograms of counts are; a row of zeros stays.
  public static func rowsOfSumOne(_ features: Matrix) -> Matrix {
    features.scalingRows(
      (0..<features.rows).map { row in
        let sum = features.row(row).reduce(0, +)
        return sum == 0 ? 0 : 1 / sum
      })
  }

  /// Every row divided by its length; a row of zeros stays.
  public static func rowsOfLengthOne(_ features: Matrix) -> Matrix {
    features.scalingRows(
      (0..<features.rows).map { row in
        let energy = features.row(row).reduce(0) { $0 + $1 * $1 }
        return energy == 0 ? 0 : 1 / energy.squareRoot()
      })
  }

  /// Every column less its mean and divided by its standard deviation; a constant column becomes 0.
  public static func columns(_ features: Matrix) -> Matrix {
    let centered = features.subtractingFromRows(features.columnMeans)
    var energies = [Double](repeating: 0, count: features.columns)
    for row in 0..<centered.rows {
      for (column, value) in centered.row(row).enumerated() { energies[column] += value * value }
    }
    return centered.scalingColumns(
      energies.map { energy in
        energy == 0 ? 0 : (Double(features.rows) / energy).squareRoot()
      })
  }
}
