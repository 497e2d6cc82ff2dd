/// How well every task is done after each task of a sequence has been learned (Lopez-Paz & Ranzato 2017, "Gradient
/// episodic memory for continual learning").
///
/// R_ij is the accuracy on task j after task i, T the number of tasks.
public struct AccuracyMatrix: Sendable, Codable, Equatable {
  /// Names, in the order in which they are learned.
  public let tasks: [String]
  /// On every task before the first one is learned.
  public let initial: [Double]
  /// R: a row after each task learned so far.
  public private(set) var rows: [[Double]] = []

  public init(tasks: [String], initial: [Double]) {
    precondition(tasks.count == initial.count, "one accuracy a task")
    self.tasks = tasks
    self.initial = initial
  }

  /// Adds what was measured after the next task.
  public mutating func add(_ row: [Double]) {
    precondition(row.count == tasks.count && rows.count < tasks.count, "one accuracy a task")
    rows.append(row)
  }

  public var isComplete: Bool { rows.count == tasks.count && rows.count > 1 }

  /// ACC = 1/T Σ_j R_Tj; nil, as what follows, before the last task is learned.
  public var averageAccuracy: Double? {
    isComplete ? rows.last.map { Self.mean($0) } : nil
  }

  /// BWT = 1/(T−1) Σ_{j<T} (R_Tj − R_jj): below 0 is forgetting.
  public var backwardTransfer: Double? { mean { $0[$2] - $1[$2][$2] } }

  /// 1/(T−1) Σ_{j<T} (max_{i<T} R_ij − R_Tj) (Chaudhry et al. 2018): what was once known and is not any more.
  public var forgetting: Double? {
    mean { last, rows, task in (rows.dropLast().map { $0[task] }.max() ?? 0) - last[task] }
  }

  /// FWT = 1/(T−1) Σ_{j>1} (R_{j−1,j} − b_j), b the accuracy before any task: what the former tasks teach of the next.
  public var forwardTransfer: Double? {
    guard isComplete else { return nil }
    return Self.mean((1..<tasks.count).map { rows[$0 - 1][$0] - initial[$0] })
  }

  /// A line a task learned, a column a task measured.
  public var csv: String {
    let head = (["after"] + tasks).map(Self.field).joined(separator: ",")
    let lines = zip(["none"] + tasks, [initial] + rows).map { name, row in
      ([Self.field(name)] + row.map { "\($0)" }).joined(separator: ",")
    }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }

  private static func field(_ text: String) -> String {
    text.contains { ",\"\n".contains($0) }
      ? "\""
        + text.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\"" : text
  }

  /// Over the tasks but the last of (last row, rows, task).
  private func mean(_ figure: ([Double], [[Double]], Int) -> Double) -> Double? {
    guard isComplete, let last = rows.last else { return nil }
    return Self.mean((0..<(tasks.count - 1)).map { figure(last, rows, $0) })
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }
}
