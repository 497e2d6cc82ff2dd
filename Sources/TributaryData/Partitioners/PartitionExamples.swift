/// What a partitioner may know of the examples.
public struct PartitionExamples: Sendable {
  /// One an example, in 0..<classes.
  public let labels: [Int]
  public let classes: Int
  /// Whose each example is, where the data say it.
  public let naturalIDs: [String]?

  public init(labels: [Int], classes: Int, naturalIDs: [String]? = nil) {
    precondition(labels.allSatisfy { (0..<classes).contains($0) }, "labels must be checked before")
    precondition(naturalIDs.map { $0.count == labels.count } ?? true, "one id an example")
    self.labels = labels
    self.classes = classes
    self.naturalIDs = naturalIDs
  }

  public var count: Int { labels.count }

  /// The examples of each class, in their order.
  var members: [[Int]] {
    var members = [[Int]](repeating: [], count: classes)
    for (index, label) in labels.enumerated() { members[label].append(index) }
    return members
  }

  /// The classes that have examples, ascending.
  var presentClasses: [Int] {
    let present = labels.reduce(into: [Bool](repeating: false, count: classes)) { $0[$1] = true }
    return present.indices.filter { present[$0] }
  }
}
