internal import TributaryCore

/// Who gets each example, while a partitioner decides: one client or, where a partitioner leaves
/// examples out, none.
public struct PartitionOwners: Sendable {
  static let nobody: Int32 = -1

  public let clients: Int
  /// What the data call each client.
  let names: [String]?
  /// A client an example, or `nobody`.
  private(set) var owners: [Int32]

  public init(examples: Int, clients: Int, names: [String]? = nil) {
    precondition(clients <= Int32.max && examples <= UInt32.max, "indices are of 32 bits")
    self.clients = clients
    self.names = names
    owners = [Int32](repeating: Self.nobody, count: examples)
  }

  public mutating func give(_ example: Int, to client: Int) {
    owners[example] = Int32(truncatingIfNeeded: client)
  }

  /// The first `sizes[0]` examples of an order drawn from `key` to client 0, the next to client 1, ...
  static func dealt(examples: Int, sizes: [Int], key: RandomKey) -> PartitionOwners {
    var result = PartitionOwners(examples: examples, clients: sizes.count)
    let order = key.permutation(of: examples)
    var position = 0
    for (client, size) in sizes.enumerated() {
      for _ in 0..<size {
        result.give(order[position], to: client)
        position += 1
      }
    }
    return result
  }
}

extension PartitionOwners {
  /// Sizes that differ by at most one and take all examples.
  static func equalSizes(examples: Int, clients: Int) -> [Int] {
    (0..<clients).map { client in
      (client + 1) * examples / clients - client * examples / clients
    }
  }
}
