internal import Synchronization
public import TributaryCore

/// Accuracies of every client's own model on every client's held-out examples.
///
/// A simulation has all of them in one process; in a cluster no personal model leaves its client, so there is none.
public final class SiteMatrix: Sendable {
  private let sites: [ClientID]
  private let rows = Mutex<[ClientID: [Double]]>([:])

  public init(_ sites: [ClientID]) { self.sites = sites.sorted() }

  /// Measures one client's model everywhere. From any thread.
  public func add(_ client: ClientID, _ accuracy: (ClientID) throws -> Double) throws {
    let row = try sites.map(accuracy)
    rows.withLock { $0[client] = row }
  }

  /// A line a model, a column a client's examples.
  public var csv: String {
    let lines = rows.withLock { rows in
      rows.sorted { $0.key < $1.key }.map { client, row in
        ([client.name] + row.map { "\($0)" }).joined(separator: ",")
      }
    }
    return ([(["model"] + sites.map(\.name)).joined(separator: ",")] + lines)
      .joined(separator: "\n") + "\n"
  }
}
