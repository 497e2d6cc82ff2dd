public import TributaryCore
public import TributaryData

/// The examples of one or many clients: one data set, and each client's index list into it.
public struct ClientExamples: Sendable {
  public let dataset: Dataset
  private let shards: [ClientID: [Int]]
  private let selection: LabelSelection

  /// Which labels `dataset` keeps of the data it was read from.
  public enum LabelSelection: Sendable, Equatable {
    /// Those of the run's plan: the data was divided by it.
    case byPlan
    /// These, renumbered in this order; nil keeps all. Must be what the plan says.
    case own([Int]?)
  }

  /// Everything in `dataset` is `client`'s.
  public init(_ dataset: Dataset, of client: ClientID, selection: LabelSelection = .byPlan) {
    self.init(dataset, shards: [client: Array(0..<dataset.count)], selection: selection)
  }

  public init(
    _ dataset: Dataset, shards: [ClientID: [Int]], selection: LabelSelection = .byPlan
  ) {
    self.dataset = dataset
    self.shards = shards
    self.selection = selection
  }

  /// - Throws: `task.client` for a client that is not here.
  func indices(of client: ClientID) throws -> [Int] {
    guard let indices = shards[client] else {
      throw TributaryError("task.client", "no data here for client \(client)")
    }
    return indices
  }

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
