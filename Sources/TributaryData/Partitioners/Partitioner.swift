public import TributaryCore

/// One way to divide a dataset's examples among clients: a kind of `data.partition`.
///
/// A partition depends on the examples' labels or ids, on the settings and on the key only: it is the
/// same on every machine. A new partitioner is its file, its line in `PartitionerRegistry`, its test and
/// its line in the table of `README.md`.
public protocol Partitioner: Sendable {
  /// The word in `data.partition.kind`.
  static var kind: String { get }
  /// The class of `flwr_datasets.partitioner` that divides so; nil where it has none.
  static var flowerName: String? { get }
  /// One line for `--help`.
  static var summary: String { get }
  /// What may stand beside `kind`, `clients` and `minimumExamples`.
  static var settings: [PartitionSetting] { get }

  /// - Throws: `data.partition` for settings that contradict one another.
  init(_ settings: PartitionSettings) throws

  /// The number of clients; nil where the data say it.
  var clients: Int? { get }

  /// - Throws: `data.partition` where the settings cannot be met with these examples.
  func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners
}
