public import TributaryCore
internal import TributaryPlan
internal import TributaryStorage

/// What is done of a sequence of tasks, in one file that is whole or not there.
public struct SequenceRecord: Sendable, Codable, Equatable {
  public var plan: Digest
  public var isFederated: Bool
  public var matrix: AccuracyMatrix
  /// Of each task's model.
  public var digests: [Digest] = []
  public var averageAccuracy: Double?
  public var backwardTransfer: Double?
  public var forwardTransfer: Double?
  public var forgetting: Double?

  public init(plan: Digest, isFederated: Bool, matrix: AccuracyMatrix) {
    self.plan = plan
    self.isFederated = isFederated
    self.matrix = matrix
  }

  public mutating func add(_ row: [Double], digest: Digest) {
    matrix.add(row)
    digests.append(digest)
    averageAccuracy = matrix.averageAccuracy
    backwardTransfer = matrix.backwardTransfer
    forwardTransfer = matrix.forwardTransfer
    forgetting = matrix.forgetting
  }

  /// Writes `sequence.json`, and the matrix as `sequence.csv`.
  public func write(to folder: String) throws {
    try DurableFile.createFolder(folder)
    let text = try PlanJSON.encode(self) + "\n"
    try DurableFile.write(
      Bytes(copying: Array(matrix.csv.utf8)), to: "\(folder)/sequence.csv")
    try DurableFile.write(Bytes(copying: Array(text.utf8)), to: Self.path(folder))
  }

  /// What an earlier process wrote into `folder`; nil where nothing was.
  /// - Throws: `sequence.changed` where that was another sequence.
  public static func read(
    _ folder: String, plan: Digest, isFederated: Bool
  ) throws -> SequenceRecord? {
    guard DurableFile.exists(path(folder)) else { return nil }
    let bytes = try DurableFile.read(path(folder)).array(of: UInt8.self)
    let record = try PlanJSON.decode(
      SequenceRecord.self, from: String(decoding: bytes, as: UTF8.self))
    guard record.plan == plan, record.isFederated == isFederated else {
      throw TributaryError(
        "sequence.changed", "the sequence in \(folder) was begun with another plan",
        advice: "give the same run file and options, or choose another output folder")
    }
    return record
  }

  private static func path(_ folder: String) -> String { "\(folder)/sequence.json" }
}
