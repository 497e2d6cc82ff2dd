public import TributaryCore
internal import TributaryPlan

/// Examples sorted by label, cut into shards, and shards dealt at random: the pathological non-IID
/// partition of McMahan et al. 2017, arXiv:1602.05629. Flower's `ShardPartitioner`.
///
/// - `shardsPerClient` alone (2 where nothing is said): all examples, shards whose sizes differ by one.
/// - `shardSize` alone: as many whole shards as there are, some clients with one more; with
///   `keepIncompleteShard` the shorter last one, too.
/// - both: so many shards of that size each; what is left over is no client's.
public struct ShardPartitioner: Partitioner {
  public static let kind = "shards"
  public static let flowerName: String? = "ShardPartitioner"
  public static let summary = "sorted by label and cut into shards, which are dealt at random"
  public static let settings: [PartitionSetting] = [
    PartitionSetting(
      "shardsPerClient", .wholeNumber(1...1_000_000),
      "shards dealt to each client; default 2 where shardSize is not given"),
    PartitionSetting(
      "shardSize", .wholeNumber(1...1_000_000_000), "examples a shard; default: all are used"),
    PartitionSetting(
      "keepIncompleteShard", .truth, default: false,
      "with shardSize alone: deal the shorter last shard, too"),
  ]

  public let clients: Int?
  private let parts: Int
  private let settings: PartitionSettings
  private let shardSize: Int?

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    parts = try settings.clients
    clients = parts
    shardSize = settings.wholeNumber("shardSize")
    let isSizeAlone = shardSize != nil && settings.wholeNumber("shardsPerClient") == nil
    guard isSizeAlone || !settings.isTrue("keepIncompleteShard") else {
      throw settings.failure(
        "keepIncompleteShard", "is for shardSize without shardsPerClient",
        advice: "with shardsPerClient alone all examples are used anyway")
    }
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    let count = examples.count
    let (shards, counts) = try shards(of: count)
    let sorted = examples.members.flatMap { $0 }
    let deal = key.permutation(of: shards)
    var owners = PartitionOwners(examples: count, clients: parts)
    var next = 0
    for client in 0..<parts {
      for shard in deal[next..<(next + counts(client))] {
        for example in sorted[range(of: shard, shards, count)] { owners.give(example, to: client) }
      }
      next += counts(client)
    }
    return owners
  }

  /// The positions of a shard among the sorted examples.
  private func range(of shard: Int, _ shards: Int, _ count: Int) -> Range<Int> {
    guard let shardSize else {
      return (shard * count / shards)..<((shard + 1) * count / shards)
    }
    return (shard * shardSize)..<min(count, (shard + 1) * shardSize)
  }

  /// The shards there are, and how many each client gets.
  private func shards(of count: Int) throws -> (shards: Int, counts: (Int) -> Int) {
    let each = settings.wholeNumber("shardsPerClient")
    guard let shardSize else {
      let each = each ?? 2
      guard parts * each <= count else {
        throw TributaryError(
          "data.partition", "\(count) examples cannot be cut into \(parts * each) shards",
          advice: "lower data.partition.clients or shardsPerClient")
      }
      return (parts * each, { _ in each })
    }
    let isIncompleteKept = settings.isTrue("keepIncompleteShard")
    let shards = (count + (isIncompleteKept ? shardSize - 1 : 0)) / shardSize
    guard shards >= parts * (each ?? 1) else {
      throw settings.failure(
        "shardSize",
        "\(count) examples give \(shards) shards of \(shardSize), but \(parts) clients need \(parts * (each ?? 1))",
        advice: "lower shardSize, data.partition.clients or shardsPerClient")
    }
    if let each { return (shards, { _ in each }) }
    return (shards, { [parts] client in shards / parts + (client < shards % parts ? 1 : 0) })
  }
}
