public import Logging
public import TributaryCore
public import TributaryTransport
public import TributaryWire

/// The clients of a run over ZeroMQ: each served by a worker process somewhere.
///
/// One thread owns the socket, keeps the sessions and moves the blobs; calls are handed to it and
/// return at once.
public final class ZeroMQPool: ClientPool {
  /// Where workers connect to, with the port that was chosen where `*` was asked for.
  public let address: String
  private let driver: PoolDriver
  private let endpoint: any Endpoint

  /// Listens for workers from now on.
  ///
  /// - Parameters:
  ///   - runID: told to every worker.
  ///   - address: `tcp://HOST:PORT`; `tcp://0.0.0.0:PORT` for every interface.
  ///   - uploadSlots: updates in memory at one time, being fetched or awaiting `settle`.
  /// - Throws: `bind.inUse`, `bind.denied`, `bind.address`.
  public convenience init(
    runID: String, bind address: String, security: CoordinatorSecurity,
    timing: SessionTiming = SessionTiming(), uploadSlots: Int = 4, log: Logger
  ) throws {
    try self.init(runID: runID, timing: timing, uploadSlots: uploadSlots, log: log) { driver in
      try ZeroMQEndpoint.listen(at: address, security: security, driver: driver)
    }
  }

  init(
    runID: String, timing: SessionTiming, uploadSlots: Int, log: Logger,
    listen: (any EndpointDriver) throws -> any Endpoint
  ) rethrows {
    driver = PoolDriver(runID: runID, timing: timing, uploadSlots: uploadSlots, log: log)
    endpoint = try listen(driver)
    address = endpoint.address
  }

  public var events: AsyncStream<PoolEvent> { driver.events }

  public func assign(_ task: TrainTask, blobs: any BlobSource) async {
    update { $0.assign(task, blobs: blobs, now: $1) }
  }

  public func withdraw(round: Int, client: ClientID) async {
    update { $0.withdraw(round: round, client: client, now: $1) }
  }

  public func settle(round: Int, client: ClientID, rejected reason: String?) async {
    update { $0.settle(round: round, client: client, rejected: reason, now: $1) }
  }

  public func takeTraffic() async -> Traffic { driver.takeTraffic() }

  public func finish(_ outcome: RunOutcome) async {
    // The driver closes the endpoint once every worker has answered, or after two seconds.
    await closing { driver, endpoint in
      driver.update(on: endpoint) { $0.finish(outcome, now: $1) }
    }
  }

  /// Closes the socket without a word, as a crash would; for tests.
  func crash() async { await closing { $1.close() } }

  private func closing(_ body: @escaping @Sendable (PoolDriver, any Endpoint) -> Void) async {
    await withCheckedContinuation { continuation in
      let isOpen = endpoint.perform { [driver, endpoint] in
        driver.whenClosed { continuation.resume() }
        body(driver, endpoint)
      }
      if !isOpen { continuation.resume() }
    }
  }

  private func update(
    _ body: @escaping @Sendable (inout PoolState, _ now: Double) -> [PoolState.Action]
  ) {
    endpoint.perform { [driver, endpoint] in driver.update(on: endpoint, body) }
  }
}
