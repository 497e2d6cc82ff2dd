internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

extension PoolState {
  mutating func offered(_ offer: UpdateOffer, by client: ClientID, now: Double) -> [Action] {
    guard let assignment = assignments[client], assignment.task.round == offer.round,
      assignment.task.runID == offer.runID, offer.client == client
    else {
      let reason = "round \(offer.round) is closed for client \(client)"
      return tell(client, .settled(round: offer.round, rejected: reason))
    }
    if assignment.isHandedOver { return [] }
    if let upload = assignment.upload, upload.offer == offer {
      // Offered again after a reconnect: what came in stays.
      if upload.phase == .suspended { assignments[client]?.upload?.phase = .queued }
      return startUploads(now: now)
    }
    do {
      try UpdateCheck.check(offer, against: assignment.task)
      lastUpload += 1
      // Each upload has request numbers of its own: a late chunk of a former one fits nothing.
      var upload = Upload(
        offer: offer, number: lastUpload, receiver: BlobReceiver(firstRequest: lastUpload << 32))
      for entry in offer.delta {
        if let empty = try upload.receiver.want(entry.digest, count: entry.byteCount) {
          upload.blobs[empty.digest] = empty.bytes
        }
      }
      assignments[client]?.upload = upload
      return startUploads(now: now)
    } catch {
      return reject(client, "\(error)", now: now)
    }
  }

  mutating func received(_ chunk: Chunk, from client: ClientID, now: Double) -> [Action] {
    guard assignments[client]?.upload?.phase == .fetching else { return [] }
    do {
      for arrival in try assignments[client]?.upload?.receiver.received(chunk, now: now) ?? [] {
        assignments[client]?.upload?.blobs[arrival.digest] = arrival.bytes
      }
      return pump(client, now: now)
    } catch {
      return reject(client, "\(error)", now: now)
    }
  }

  /// Gives free slots to the offers that wait, in their order.
  mutating func startUploads(now: Double) -> [Action] {
    var actions: [Action] = []
    while true {
      let uploads = assignments.compactMap { client, assignment in
        assignment.upload.map { (client: client, phase: $0.phase, number: $0.number) }
      }
      let busy = uploads.count { $0.phase == .fetching || $0.phase == .handedOver }
      let queued = uploads.filter { $0.phase == .queued && members[$0.client]?.isAlive == true }
      guard busy < uploadSlots, let first = queued.min(by: { $0.number < $1.number }) else {
        return actions
      }
      assignments[first.client]?.upload?.phase = .fetching
      actions += pump(first.client, now: now)
    }
  }

  /// The client's connection is gone: what was asked for on it is void, and its slot is free.
  mutating func suspendUpload(of client: ClientID) {
    guard let upload = assignments[client]?.upload, upload.phase != .handedOver else { return }
    assignments[client]?.upload?.phase = .suspended
    assignments[client]?.upload?.receiver.reconnected()
  }

  /// Of clients that left, the last few keep what came in: as many as there are slots.
  mutating func dropSuspendedUploads() {
    let partial = assignments.filter { client, assignment in
      guard let upload = assignment.upload, upload.phase == .suspended else { return false }
      return members[client]?.isAlive != true && upload.receiver.receivedByteCount > 0
    }
    let inOrder = partial.sorted { ($0.value.upload?.number ?? 0) < ($1.value.upload?.number ?? 0) }
    for (client, _) in inOrder.dropLast(uploadSlots) { assignments[client]?.upload = nil }
  }

  /// Asks for what is missing while there is credit; hands the update over once nothing is.
  private mutating func pump(_ client: ClientID, now: Double) -> [Action] {
    var actions: [Action] = []
    while let fetch = assignments[client]?.upload?.receiver.nextFetch(now: now) {
      actions += tell(client, .fetch(fetch))
    }
    guard let assignment = assignments[client], let upload = assignment.upload,
      upload.receiver.isComplete
    else { return actions }
    do {
      let update = try UpdateCheck.update(upload.offer, blobs: upload.blobs)
      assignments[client]?.upload?.phase = .handedOver
      assignments[client]?.upload?.blobs = [:]
      return actions + [.emit(.updated(update, bytesUp: assignment.bytesUp))]
    } catch {
      return actions + reject(client, "\(error)", now: now)
    }
  }

  /// The update is unusable: its worker and the round hear why.
  private mutating func reject(_ client: ClientID, _ reason: String, now: Double) -> [Action] {
    guard let round = assignments[client]?.task.round else { return [] }
    forget(client)
    return tell(client, .settled(round: round, rejected: reason))
      + [.emit(.failed(client, round: round, reason: reason))] + startUploads(now: now)
  }
}
