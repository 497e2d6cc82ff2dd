import Testing

@testable import TributaryCoordinator

@Suite struct MailboxTests {
  @Test func aStopComesBeforeAllElse() async {
    let mailbox = Mailbox()
    mailbox.post(.tick)
    mailbox.post(.tick)
    #expect(await mailbox.next().count == 2)
    mailbox.post(.tick)
    mailbox.post(.stop)
    let messages = await mailbox.next()
    guard messages.count == 1, case .stop = messages[0] else {
      Issue.record("expected the stop alone, found \(messages)")
      return
    }
  }

  @Test func aStopCancelsWorkAtHandAndToCome() async {
    let mailbox = Mailbox()
    let waiting = Task { try await mailbox.stoppable { try await Task.sleep(for: .seconds(600)) } }
    mailbox.post(.stop)
    await #expect(throws: CancellationError.self) { try await waiting.value }
    await #expect(throws: CancellationError.self) {
      try await mailbox.stoppable { try Task.checkCancellation() }
    }
  }
}
