public import TributaryCore

/// Who is at work in an asynchronous run, since which round, and until when in virtual time.
///
/// The order in which clients are done is that of virtual time: each task's duration has a random address, so that
/// the same clients fill the same buffer in a simulation, in a cluster, and after a restart, however long their
/// training really takes. A value without a clock, which the ledger keeps.
public struct Flights: Sendable, Codable, Equatable {
  /// A task that is out.
  public struct Flight: Sendable, Codable, Equatable {
    public var client: ClientID
    /// The round it began in: it trains the model that this round found.
    public var start: Int
    /// When it is done.
    public var landing: Double
  }

  /// Virtual time: when the last buffer was full.
  public private(set) var clock = 0.0
  /// Those whose updates fill the open round's buffer, in the order of landing.
  public private(set) var cohort: [Flight] = []
  /// Those done only in later rounds, in the order of landing.
  public private(set) var ahead: [Flight] = []

  public init() {}

  public var all: [Flight] { cohort + ahead }

  /// The round in which a client's task began.
  public func start(of client: ClientID) -> Int? {
    all.first { $0.client == client }?.start
  }

  func isAhead(_ client: ClientID, round: Int) -> Bool {
    ahead.contains { $0.client == client && $0.start == round }
  }

  /// Lets virtual time go on until the next is done, which fills the open round's buffer, too; nil where nobody is at
  /// work.
  mutating func advance() -> Flight? {
    guard !ahead.isEmpty else { return nil }
    let next = ahead.removeFirst()
    clock = max(clock, next.landing)
    cohort.append(next)
    return next
  }

  /// Lets virtual time go on until `buffer` is full: whoever is done makes room for another.
  ///
  /// A client is in a buffer once at most.
  ///
  /// - Parameters:
  ///   - concurrency: clients at work at a time; nil: all.
  ///   - candidates: who is there, at work or not.
  ///   - key: the run's key.
  mutating func fill(
    _ buffer: UpdateBuffer, concurrency: Int?, round: Int, candidates: [Candidate],
    selection: any ClientSelection, key: RandomKey
  ) {
    cohort = []
    let busy = Set(ahead.map(\.client))
    let free = candidates.filter { !busy.contains($0.client) }
    let room = max(0, (concurrency ?? candidates.count) - ahead.count)
    let drawn = selection.cohort(of: free, count: room + buffer.size - 1, round: round, key: key)
    let order = key.at("takeoff").at(round).permutation(of: drawn.count)
    var next = order.map { drawn[$0] }[...]
    begin(room, from: &next, round: round, key: key)
    while cohort.count < buffer.size, advance() != nil {
      if cohort.count < buffer.size { begin(1, from: &next, round: round, key: key) }
    }
  }

  private mutating func begin(
    _ count: Int, from clients: inout ArraySlice<ClientID>, round: Int, key: RandomKey
  ) {
    for client in clients.prefix(count) {
      let duration = TrainingDuration.drawn(key.at("duration").at(client.name).at(round))
      ahead.append(Flight(client: client, start: round, landing: clock + duration))
    }
    clients = clients.dropFirst(count)
    ahead.sort { ($0.landing, $0.client) < ($1.landing, $1.client) }
  }
}
