import Synchronization
import Testing
import TributaryCore

@testable import TributaryHub

@Suite struct HubRetryTests {
  private func failure(mayPass: Bool = true, pauseSeconds: Int? = nil) -> HubFailure {
    HubFailure(TributaryError("hub.x", "x"), mayPass: mayPass, pauseSeconds: pauseSeconds)
  }

  @Test func waitsAsLongAsTheHubAsksWithinBounds() {
    #expect(HubRetry.pause(after: failure(), at: 0.5) == 0.5)
    #expect(HubRetry.pause(after: failure(pauseSeconds: 7), at: 0.5) == 7)
    #expect(HubRetry.pause(after: failure(pauseSeconds: 0), at: 2) == 2)
    #expect(HubRetry.pause(after: failure(pauseSeconds: 61), at: 0.5) == nil)
    #expect(HubRetry.pause(after: failure(mayPass: false), at: 0.5) == nil)
  }

  @Test func givesUpAtOnceWhereWaitingDoesNotHelp() async throws {
    let reports = Mutex(0)
    let retry = HubRetry { _, _ in reports.withLock { $0 += 1 } }
    await #expect(throws: TributaryError.self) {
      try await retry.run { throw failure(mayPass: false) }
    }
    await #expect(throws: CancellationError.self) {
      try await retry.run { throw CancellationError() }
    }
    #expect(reports.withLock { $0 } == 0)
  }

  @Test func triesAgain() async throws {
    let reports = Mutex<[Double]>([])
    let retry = HubRetry { _, seconds in reports.withLock { $0.append(seconds) } }
    var tries = 0
    let result = try await retry.run {
      tries += 1
      if tries < 2 { throw failure() }
      return tries
    }
    #expect(result == 2)
    #expect(reports.withLock { $0 } == [HubRetry.pauses[0]])
  }
}
