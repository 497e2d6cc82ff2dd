/// One of several tasks of a run: where its examples are.
public struct DataTask: Sendable, Codable, Equatable {
  /// What reports call it.
  public var name: String
  public var train: String
  /// nil: it is not measured.
  public var test: String?
  /// Keep only examples with these labels, as they are; nil keeps all.
  public var labels: [Int]?

  public init(name: String, train: String, test: String? = nil, labels: [Int]? = nil) {
    self.name = name
    self.train = train
    self.test = test
    self.labels = labels
  }
}
