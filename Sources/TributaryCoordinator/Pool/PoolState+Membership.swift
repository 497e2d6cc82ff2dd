internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

extension PoolState {
  /// Clients that one run remembers: a peer that invents names must not fill the memory.
  static let memberLimit = 10_000

  mutating func greeted(_ hello: Hello, _ peer: Peer, now: Double) -> [Action] {
    if let other = clients[peer], other != hello.client {
      return malformed("one connection for two clients", peer, now: now)
    }
    guard members[hello.client] != nil || members.count < Self.memberLimit else {
      let reason = "this run has \(Self.memberLimit) clients, and room for no more"
      return [
        .send(.refused(Refusal(.unauthorized, reason)), peer),
        .emit(.refused("worker \(hello.worker) was turned away: \(reason)")),
      ]
    }
    guard let former = members[hello.client], former.isAlive else {
      return admit(hello, peer, announced: true, now: now)
    }
    if former.instance == hello.instance, former.peer.user == peer.user {
      // The same process on a new connection: its session goes on.
      return admit(hello, peer, announced: false, now: now)
    }
    guard former.info.worker == hello.worker, former.peer.user == peer.user else {
      let reason = "client \(hello.client) is served by worker \(former.info.worker)"
      return [
        .send(.refused(Refusal(.clientTaken, reason)), peer),
        .emit(.refused("worker \(hello.worker) was turned away: \(reason)")),
      ]
    }
    // The same worker started again: the process before it is dead, or must not go on.
    let reason = "another process of worker \(hello.worker) serves client \(hello.client) now"
    return [.send(.refused(Refusal(.replaced, reason)), former.peer)]
      + admit(hello, peer, announced: true, now: now)
  }

  /// Makes the peer a member, and tells it what is left for it to do.
  private mutating func admit(
    _ hello: Hello, _ peer: Peer, announced: Bool, now: Double
  ) -> [Action] {
    if let former = members[hello.client] { clients[former.peer] = nil }
    if members.values.allSatisfy({ !$0.isAlive }) { beatAt = now + timing.heartbeatSeconds }
    lastSession += 1
    let info = ClientInfo(
      client: hello.client, worker: hello.worker, exampleCount: hello.exampleCount,
      software: hello.software, processor: hello.processor)
    members[hello.client] = Member(
      info: info, instance: hello.instance, peer: peer, session: lastSession, heardAt: now)
    clients[peer] = hello.client
    let welcome = Welcome(
      runID: runID, instance: instance, session: lastSession,
      heartbeatMilliseconds: Int((timing.heartbeatSeconds * 1000).rounded(.up)),
      leaseMilliseconds: Int((timing.leaseSeconds * 1000).rounded(.up)))
    var actions: [Action] = [.send(.welcome(welcome), peer)]
    if announced { actions.append(.emit(.joined(info))) }
    suspendUpload(of: hello.client)
    if let assignment = assignments[hello.client], !assignment.isHandedOver {
      actions.append(.send(.assign(assignment.task), peer))
    }
    return actions + startUploads(now: now)
  }

  mutating func leave(_ client: ClientID, reason: String, now: Double) -> [Action] {
    guard let member = members[client], member.isAlive else { return [] }
    members[client]?.isAlive = false
    clients[member.peer] = nil
    suspendUpload(of: client)
    dropSuspendedUploads()
    return [.emit(.left(client, reason: reason))] + startUploads(now: now)
  }
}
