public import TributaryCore
public import TributaryData

/// The examples of one or many clients: one data set, and each client's index list into it; and of the target domain
/// likewise another, without labels.
public struct ClientExamples: Sendable {
  public let dataset: Dataset
  private let shards: [ClientID: [Int]]
  private let selection: LabelSelection
  public let target: Dataset?
  private let targetShards: [ClientID: [Int]]

  /// Which labels `dataset` keeps of the data it was read from.
  public enum LabelSelection: Sendable, Equatable {
    /// Those of the run's plan: the data was divided by it.
    case byPlan
    /// These, renumbered in this order; nil keeps all. Must be what the plan says.
    case own([Int]?)
  }

  /// Everything in `dataset`, and in `target`, is `client`'s.
  ///
  /// - Parameter dataset: nil for a client that has the target domain alone.
  public init(
    _ dataset: Dataset?, of client: ClientID, selection: LabelSelection = .byPlan,
    target: Dataset? = nil
  ) {
    precondition(dataset != nil || target != nil, "a client has examples")
    self.init(
      dataset ?? target ?? Dataset(examples: .text(TextExamples(texts: []))),
      shards: [client: Array(0..<(dataset?.count ?? 0))], selection: selection, target: target,
      targetShards: [client: Array(0..<(target?.count ?? 0))])
  }

  public init(
    _ dataset: Dataset, shards: [ClientID: [Int]], selection: LabelSelection = .byPlan,
    target: Dataset? = nil, targetShards: [ClientID: [Int]] = [:]
  ) {
    self.dataset = dataset
    self.shards = shards
    self.selection = selection
    self.target = target
    self.targetShards = targetShards
  }

  /// Whether any client has labelled examples.
  var areLabelled: Bool { shards.values.contains { !$0.isEmpty } }

  /// - Throws: `task.client` for a client that is not here.
  func indices(of client: ClientID) throws -> [Int] {
    if shards[client] == nil, targetShards[client] != nil { return [] }
    guard let indices = shards[client] else {
      throw TributaryError("task.client", "no data here for client \(client)")
    }
    return indices
  }

  /// The client's examples of the target domain.
  func targetIndices(of client: ClientID) -> [Int] { targetShards[client] ?? [] }

  /// A label must mean here what it means in the run.
  /// - Throws: `task.labels` where the run keeps other labels than this data does.
  func requireLabels(_ labels: [Int]?) throws {
    guard case .own(let selected) = selection, selected != labels else { return }
    let list = labels.map { $0.map(String.init).joined(separator: ",") }
    throw TributaryError(
      "task.labels",
      "the run keeps \(list.map { "the labels \($0)" } ?? "all labels") of its data, this worker others",
      advice: "start the worker \(list.map { "with --labels \($0)" } ?? "without --labels")")
  }
}
