public import Logging
internal import Synchronization
internal import TributaryCore
internal import TributaryTransport

/// A worker process's whole life: joins, does tasks, leaves.
///
/// One thread owns the socket and sends the heartbeats; another trains. Neither waits for the other.
public final class Worker: Sendable {
  typealias Connector = @Sendable (any EndpointDriver) throws -> any Endpoint

  private struct State {
    var driver: WorkerDriver?
    var endpoint: (any Endpoint)?
    var isStopped = false
  }

  private let configuration: WorkerConfiguration
  private let trainer: any TaskTrainer
  private let log: Logger
  private let connector: Connector
  private let state = Mutex(State())

  public convenience init(
    _ configuration: WorkerConfiguration, trainer: any TaskTrainer, log: Logger
  ) {
    self.init(configuration, trainer: trainer, log: log) { driver in
      try ZeroMQEndpoint.connect(
        to: configuration.coordinator, security: configuration.security, driver: driver)
    }
  }

  init(
    _ configuration: WorkerConfiguration, trainer: any TaskTrainer, log: Logger,
    connector: @escaping Connector
  ) {
    self.configuration = configuration
    self.trainer = trainer
    self.log = log
    self.connector = connector
  }

  /// Looks for the coordinator and works for it until the run is over. Call once.
  ///
  /// - Throws: a `TributaryError` whose one line says why: `worker.refused`, `worker.keyRefused`,
  ///   `worker.wrongServerKey`, `worker.security`, `worker.coordinatorGone`, `run.failed`,
  ///   `run.interrupted`, `connect.address`, `cache.folder`.
  public func run() async throws -> WorkerExit {
    let cache = try configuration.cacheFolder.map { try BlobCache(folder: $0) }
    return try await withCheckedThrowingContinuation { continuation in
      let driver = WorkerDriver(
        configuration, trainer: trainer, cache: cache, log: log,
        completion: { continuation.resume(with: $0) })
      do {
        let endpoint = try connector(driver)
        let isStopped = state.withLock { state in
          state.driver = driver
          state.endpoint = endpoint
          return state.isStopped
        }
        if isStopped { stop() }
      } catch {
        driver.finish(.failure(error))
      }
    }
  }

  /// Cancels training, says Goodbye, and ends `run` with `.stopped`. From any thread.
  public func stop() {
    let (driver, endpoint) = state.withLock { state in
      state.isStopped = true
      return (state.driver, state.endpoint)
    }
    guard let driver, let endpoint else { return }
    endpoint.perform { driver.stop(on: endpoint) }
  }
}
