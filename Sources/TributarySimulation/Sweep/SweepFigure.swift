/// A measure over the seeds of a sweep's cell.
public struct SweepFigure: Sendable, Codable, Equatable {
  public var mean: Double
  /// The sample standard deviation, `sqrt(sum((x - mean)^2) / (count - 1))`; nil for one value.
  public var deviation: Double?
  /// How many values there are: seeds without the measure do not count.
  public var count: Int

  /// nil where there is no finite value.
  public init?(_ values: [Double]) {
    let values = values.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    count = values.count
    deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
  }
}
