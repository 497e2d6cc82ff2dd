import Testing
import TributaryCore

@testable import TributaryFederation

@Suite struct SquaredDistancesTests {
  @Test func areThoseOfGeometry() throws {
    let stack = MemoryUpdateStack([[0, 0, 0], [1, 2, 2], [1, 2, -1]])
    let distances = try SquaredDistances(UpdateBlocks(stack, buffers: []))
    #expect(distances[0, 1] == 9 && distances[1, 0] == 9)
    #expect(distances[0, 2] == 6 && distances[1, 2] == 9)
  }

  @Test func buffersDoNotCount() throws {
    let arrivals = [0, 5].map { (value: Float) in
      (
        ClientID(index: Int(value)),
        [
          "mean": HostTensor([100 * value], shape: [1]), "w": HostTensor([value], shape: [1]),
        ] as ParameterTree<HostTensor>
      )
    }
    let blocks = UpdateBlocks(MemoryUpdateStack(arrivals), buffers: ["mean"])
    #expect(try SquaredDistances(blocks)[0, 1] == 25)
  }

  @Test func sizeOfBlocksChangesNoBit() throws {
    let rows = (0..<6).map { client in
      var stream = Fixture.key.at("distances").at(client).generator
      return (0..<3001).map { _ in stream.uniform() - 0.5 }
    }
    let all = try [1, 9000, 1 << 20].map { limit in
      let distances = try SquaredDistances(
        UpdateBlocks(MemoryUpdateStack(rows), buffers: [], byteLimit: limit))
      return (0..<6).flatMap { left in (0..<6).map { left == $0 ? 0 : distances[left, $0] } }
    }
    #expect(all[0] == all[1] && all[0] == all[2])
  }
}
