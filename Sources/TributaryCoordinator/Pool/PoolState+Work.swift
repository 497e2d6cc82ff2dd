internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

extension PoolState.Assignment {
  var isHandedOver: Bool { upload?.phase == .handedOver }
}

extension PoolState {
  mutating func assign(_ task: TrainTask, blobs: any BlobSource, now: Double) -> [Action] {
    guard ending == nil else { return [] }
    forget(task.client)
    assignments[task.client] = Assignment(task: task, blobs: blobs)
    return tell(task.client, .assign(task)) + startUploads(now: now)
  }

  mutating func withdraw(round: Int, client: ClientID, now: Double) -> [Action] {
    guard assignments[client]?.task.round == round else { return [] }
    forget(client)
    return tell(client, .withdraw(round: round)) + startUploads(now: now)
  }

  mutating func settle(
    round: Int, client: ClientID, rejected reason: String?, now: Double
  ) -> [Action] {
    guard let assignment = assignments[client], assignment.task.round == round,
      assignment.isHandedOver
    else { return [] }
    forget(client)
    return tell(client, .settled(round: round, rejected: reason)) + startUploads(now: now)
  }

  mutating func failed(_ failure: TaskFailure, _ client: ClientID, now: Double) -> [Action] {
    guard let assignment = assignments[client], assignment.task.round == failure.round,
      !assignment.isHandedOver
    else { return [] }
    forget(client)
    let reason = failure.reason.isEmpty ? failure.code : failure.reason
    return [.emit(.failed(client, round: failure.round, reason: reason))] + startUploads(now: now)
  }

  func answer(_ fetch: Fetch, _ client: ClientID, _ peer: Peer) -> [Action] {
    let source: any BlobSource = assignments[client]?.blobs ?? MemoryBlobs()
    // A range outside its blob gets no answer: only a broken worker asks for one.
    guard let chunk = try? BlobSender.answer(fetch, from: source) else { return [] }
    return [.send(.chunk(chunk), peer)]
  }

  /// The client's task is over, however it ended.
  mutating func forget(_ client: ClientID) { assignments[client] = nil }

  func tell(_ client: ClientID, _ message: Message) -> [Action] {
    guard let member = members[client], member.isAlive else { return [] }
    return [.send(message, member.peer)]
  }
}
