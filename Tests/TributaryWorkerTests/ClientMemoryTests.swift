import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryWorker

@Suite struct ClientMemoryTests {
  private let folder = TemporaryFolder()
  private let client = ClientID(index: 3)
  private var memory: ClientMemory { ClientMemory(folder: folder.path + "/memory") }

  private func tree(_ value: Float) -> ParameterTree<HostTensor> {
    ["@control/w": HostTensor([value], shape: [1])]
  }

  private func read(_ round: Int) throws -> ParameterTree<HostTensor> {
    try memory.read(run: "run", client: client, round: round)
  }

  @Test func whatWasKeptIsFoundByItsRound() throws {
    #expect(try read(0).isEmpty)
    try memory.write(tree(1), run: "run", client: client, round: 1, after: 0)
    try memory.write(tree(2), run: "run", client: client, round: 4, after: 1)
    #expect(try read(1) == tree(1))
    #expect(try read(4) == tree(2))
  }

  @Test func aRoundDoneInVainIsForgotten() throws {
    try memory.write(tree(1), run: "run", client: client, round: 1, after: 0)
    try memory.write(tree(2), run: "run", client: client, round: 2, after: 1)
    // Round 2 did not count: round 3 goes on from 1 as well.
    try memory.write(tree(3), run: "run", client: client, round: 3, after: 1)
    #expect(try read(1) == tree(1))
    #expect(try read(3) == tree(3))
    #expect(throws: TributaryError.self) { try read(2) }
  }

  @Test func runsAndClientsAreApart() throws {
    try memory.write(tree(1), run: "run", client: client, round: 1, after: 0)
    #expect(throws: TributaryError.self) {
      try memory.read(run: "other", client: client, round: 1)
    }
    #expect(throws: TributaryError.self) {
      try memory.read(run: "run", client: ClientID(index: 4), round: 1)
    }
  }

  @Test func damageIsSeen() throws {
    try memory.write(tree(1), run: "run", client: client, round: 1, after: 0)
    let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap {
      $0 as? String
    }
    let file = try #require(files.first { $0.hasSuffix("round-0001.safetensors") })
    try Data("short".utf8).write(to: URL(fileURLWithPath: folder.path + "/" + file))
    let error = #expect(throws: TributaryError.self) { try read(1) }
    #expect(error?.code == "client.memory")
  }
}
