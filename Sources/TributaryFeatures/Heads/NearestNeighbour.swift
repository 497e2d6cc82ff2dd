public import TributaryTensor

/// The class of the nearest example by Euclidean distance (Cover & Hart 1967), the first of equally near ones.
public struct NearestNeighbour: Sendable {
  private let features: Matrix
  private let labels: [Int]

  public init(_ features: Matrix, labels: [Int]) {
    precondition(features.rows == labels.count && !labels.isEmpty, "one label an example")
    self.features = features
    self.labels = labels
  }

  public func predictions(_ examples: Matrix) -> [Int] {
    let distances = examples.squaredDistances(to: features)
    return (0..<examples.rows).map { row in
      let candidates = distances.row(row)
      let nearest = candidates.firstIndex(of: candidates.min() ?? 0) ?? candidates.startIndex
      return labels[nearest - candidates.startIndex]
    }
  }
}
