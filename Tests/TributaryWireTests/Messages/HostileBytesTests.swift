import Testing
import TributaryCore
import TributaryWire

/// Whatever bytes come in: a message, or one of two errors; never a crash.
@Suite struct HostileBytesTests {
  @Test func everyTruncationIsReadOrRefused() throws {
    for (name, message) in try Samples.all() {
      let frames = try message.frames()
      for length in 0..<frames[0].count {
        read([frames[0][0..<length]] + frames.dropFirst(), name)
      }
      for count in 0..<frames.count { read(Array(frames[0..<count]), name) }
    }
  }

  @Test func everyFlippedBitIsReadOrRefused() throws {
    for (name, message) in try Samples.all() {
      let frames = try message.frames()
      let octets = frames[0].array(of: UInt8.self)
      for index in octets.indices {
        for bit in 0..<8 {
          var garbled = octets
          garbled[index] ^= 1 << bit
          read([Bytes(copying: garbled)] + frames.dropFirst(), name)
        }
      }
    }
  }

  @Test func noiseIsReadOrRefused() {
    var random = RandomKey(seed: 7).at("noise").generator
    for _ in 0..<20_000 {
      var octets = (0..<random.below(64)).map { _ in UInt8(truncatingIfNeeded: random.nextWord()) }
      // Half of them get past the prelude.
      if random.below(2) == 0 { octets = [0x54, 1, UInt8(1 + random.below(13)), 0] + octets }
      read([Bytes(copying: octets)], "noise")
    }
  }

  @Test func aShapeThatOverflowsIsRefused() throws {
    var task = try Samples.task()
    for extents in [[Int.max, 2], [1 << 40, 1 << 40], [1 << 35]] {
      task.globals[0].shape = Shape(extents)
      let frames = try Message.assign(task).frames()
      #expect(throws: TributaryError.self) { try Message(frames: frames) }
    }
  }

  @Test func controlCharactersOfAReasonBecomeSpaces() throws {
    let frames = try Message.goodbye(reason: "a\u{1b}[31m\nround 9 completed").frames()
    #expect(try Message(frames: frames) == .goodbye(reason: "a [31m round 9 completed"))
  }

  @Test func aClientsNameThatIsNoneIsNotRepeated() throws {
    let hello = Hello(
      worker: "w", client: try ClientID("zzzz"), exampleCount: 1, software: "s", processor: "p",
      instance: InstanceID(high: 1, low: 1))
    let octets = try Message.hello(hello).frames()[0].array(of: UInt8.self).map {
      $0 == UInt8(ascii: "z") ? 0x1b : $0
    }
    let error = #expect(throws: TributaryError.self) {
      try Message(frames: [Bytes(copying: octets)])
    }
    #expect(error?.code == "wire.malformed")
    #expect(error?.message.contains("\u{1b}") == false)
  }

  @Test func aLongReasonIsCutByTheSender() throws {
    let reason = String(repeating: "\u{e9}", count: 5000)
    guard case .goodbye(let text) = try Message(frames: Message.goodbye(reason: reason).frames())
    else { return #expect(Bool(false)) }
    #expect(text.utf8.count <= WireLimits.reasonByteCount)
    #expect(text.hasSuffix("\u{2026}"))
  }

  @Test func aVersionMismatchNamesBoth() throws {
    var octets = try Message.heartbeat(session: 1).frames()[0].array(of: UInt8.self)
    octets[1] = 9
    let error = #expect(throws: TributaryError.self) {
      try Message(frames: [Bytes(copying: octets)])
    }
    #expect(error?.code == "wire.version")
    #expect(error?.message == "the peer speaks protocol version 9, this program version 1")
  }

  @Test func aRefusalIsReadFromEveryVersion() throws {
    let refusal = Message.refused(Refusal(.version, "this coordinator speaks version 9"))
    var octets = try refusal.frames()[0].array(of: UInt8.self)
    octets[1] = 9
    #expect(try Message(frames: [Bytes(copying: octets)]) == refusal)
  }

  private func read(_ frames: [Bytes], _ name: String) {
    do {
      _ = try Message(frames: frames)
    } catch let error as TributaryError {
      #expect(["wire.malformed", "wire.version"].contains(error.code), "\(name)")
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}
