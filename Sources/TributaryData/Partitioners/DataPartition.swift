public import TributaryCore
public import TributaryPlan

/// Which examples each client has. Every example is at most one client's; a client's are ascending.
///
/// Element `i` is the index list of client `i`. All lists lie in one block of 4 bytes an example, so
/// that a million clients cost little more than the examples they share.
public struct DataPartition: Sendable, Equatable, RandomAccessCollection {
  /// The examples there are, with those that no client has.
  public let exampleCount: Int
  /// What the data call each client, where they do.
  public let names: [String]?
  /// Where each client's examples begin in `indices`, and the end.
  private let starts: [Int]
  private let indicesOfExamples: [UInt32]

  /// Divides `examples` as `plan` says.
  ///
  /// - Parameter key: the run's key for partitioning.
  /// - Throws: `data.partition` for settings that are wrong, or cannot be met with these examples.
  public init(of examples: PartitionExamples, plan: PartitionPlan, key: RandomKey) throws {
    let partitioner = try PartitionerRegistry.make(plan)
    if let clients = partitioner.clients,
      clients < 1 || clients * Swift.max(1, plan.minimumExamples) > examples.count
    {
      throw TributaryError(
        "data.partition",
        "\(examples.count) examples cannot give \(clients) clients at least "
          + "\(plan.minimumExamples) each",
        advice: "lower data.partition.clients or minimumExamples")
    }
    self.init(try partitioner.divide(examples, key: key.at(plan.kind)))
    let smallest = (0..<count).map { size(of: $0) }.min() ?? 0
    guard smallest >= plan.minimumExamples else {
      throw TributaryError(
        "data.partition",
        "the partition \(plan.kind) leaves a client \(smallest) examples, minimumExamples is "
          + "\(plan.minimumExamples)", advice: "lower data.partition.clients")
    }
  }

  /// Sorts the examples by owner, in one pass over them.
  public init(_ owners: PartitionOwners) {
    var ends = [Int](repeating: 0, count: owners.clients + 1)
    for owner in owners.owners where owner != PartitionOwners.nobody { ends[Int(owner) + 1] += 1 }
    for client in 0..<owners.clients { ends[client + 1] += ends[client] }
    starts = ends
    var indices = [UInt32](repeating: 0, count: ends[owners.clients])
    for (example, owner) in owners.owners.enumerated() where owner != PartitionOwners.nobody {
      indices[ends[Int(owner)]] = UInt32(example)
      ends[Int(owner)] += 1
    }
    indicesOfExamples = indices
    exampleCount = owners.owners.count
    names = owners.names
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { starts.count - 1 }
  public subscript(client: Int) -> [Int] {
    indicesOfExamples[starts[client]..<starts[client + 1]].map { Int($0) }
  }

  public func size(of client: Int) -> Int { starts[client + 1] - starts[client] }

  /// The number of examples that no client has.
  public var unusedCount: Int { exampleCount - indicesOfExamples.count }

  /// For each example its client, or nil.
  var owners: [Int?] {
    var owners = [Int?](repeating: nil, count: exampleCount)
    for client in 0..<count {
      for position in starts[client]..<starts[client + 1] {
        owners[Int(indicesOfExamples[position])] = client
      }
    }
    return owners
  }

  /// SHA-256 of each client's number of examples and their indices, as little-endian 32-bit numbers:
  /// equal partitions have equal digests on every machine.
  public var digest: Digest {
    var hasher = Digest.Hasher()
    for client in 0..<count {
      let list = indicesOfExamples[starts[client]..<starts[client + 1]]
      hasher.update(
        Bytes(copying: [UInt32(list.count).littleEndian] + list.map { $0.littleEndian }))
    }
    return hasher.finalize()
  }
}
