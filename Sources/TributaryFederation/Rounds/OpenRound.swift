internal import TributaryCore

/// A round whose tasks are out.
struct OpenRound: Sendable {
  let number: Int
  private(set) var cohort: [ClientID]
  /// When it is closed with the updates that are there; nil waits for all that are alive.
  let deadline: Double?
  /// The rounds in which those began that did not begin in this one.
  private var starts: [ClientID: Int]
  private var states: [ClientID: State]
  private var departures: [ClientID: Int] = [:]
  /// Since when nobody who could still bring the round to its quorum is there.
  var quorumLostAt: Double?
  private(set) var receivedCount = 0
  private(set) var trainingCount = 0
  /// Those that may come back with an update.
  private(set) var absentCount = 0

  enum State: Sendable, Equatable {
    /// Not yet given its task: it was away when the round opened.
    case unassigned
    case training
    case away(reason: String)
    case received
    case failed(reason: String)
  }

  /// - Parameters:
  ///   - starts: the rounds in which clients began that did not begin in this one.
  ///   - assigned: those that have had their tasks.
  init(
    number: Int, cohort: [ClientID], present: Set<ClientID>, deadline: Double?,
    starts: [ClientID: Int] = [:], assigned: Set<ClientID> = []
  ) {
    self.number = number
    self.cohort = cohort
    self.deadline = deadline
    self.starts = starts
    states = Dictionary(
      uniqueKeysWithValues: cohort.map { client in
        (
          client,
          Self.initial(
            isThere: present.contains(client), isAssigned: assigned.contains(client))
        )
      })
    for state in states.values { count(state, 1) }
  }

  private static func initial(isThere: Bool, isAssigned: Bool) -> State {
    if isThere { return .training }
    return isAssigned ? .away(reason: "is away") : .unassigned
  }

  /// Takes in another client, whose task began in round `start`.
  mutating func add(_ client: ClientID, start: Int, isThere: Bool, isAssigned: Bool) {
    cohort.append(client)
    cohort.sort()
    starts[client] = start
    set(client, Self.initial(isThere: isThere, isAssigned: isAssigned))
  }

  /// How many updates there can be.
  var possibleCount: Int { receivedCount + trainingCount + absentCount }

  var received: [ClientID] { cohort.filter { states[$0] == .received } }
  var training: [ClientID] { cohort.filter { states[$0] == .training } }
  var absent: [ClientID] {
    cohort.filter { client in
      switch states[client] {
      case .away, .unassigned: true
      default: false
      }
    }
  }

  /// The round in which the client's task began.
  func start(of client: ClientID) -> Int { starts[client] ?? number }

  /// Whether an update or a failure of this client still counts.
  func awaits(_ client: ClientID) -> Bool {
    switch states[client] {
    case .training, .away, .unassigned: true
    case .received, .failed, nil: false
    }
  }

  var dropped: [DroppedClient] {
    cohort.compactMap { client in
      switch states[client] {
      case .failed(let reason), .away(let reason): DroppedClient(client: client, reason: reason)
      case .unassigned: DroppedClient(client: client, reason: "did not join")
      case .training: DroppedClient(client: client, reason: "not done when the round closed")
      case .received, nil: nil
      }
    }
  }

  mutating func receive(_ client: ClientID) { set(client, .received) }
  mutating func fail(_ client: ClientID, reason: String) { set(client, .failed(reason: reason)) }

  /// Whether the client has to be given its task.
  mutating func join(_ client: ClientID) -> Bool {
    switch states[client] {
    case .unassigned:
      set(client, .training)
      return true
    case .away:
      // The pool still holds its task and delivers it again.
      set(client, .training)
      return false
    default: return false
    }
  }

  /// Whether the client left too often and is given up for this round.
  mutating func leave(_ client: ClientID, reason: String) -> Bool {
    guard states[client] == .training else { return false }
    departures[client, default: 0] += 1
    guard departures[client, default: 0] <= RoundRules.largestDepartures else {
      set(client, .failed(reason: "left too often: \(reason)"))
      return true
    }
    set(client, .away(reason: reason))
    return false
  }

  private mutating func set(_ client: ClientID, _ state: State) {
    if let former = states[client] { count(former, -1) }
    states[client] = state
    count(state, 1)
  }

  private mutating func count(_ state: State, _ change: Int) {
    switch state {
    case .received: receivedCount += change
    case .training: trainingCount += change
    case .away, .unassigned: absentCount += change
    case .failed: break
    }
  }
}
