import Testing
import TributaryCore
import TributaryPlan
import TributaryTestKit

@testable import TributaryFederation

/// What all rules have in common that need every update at once.
@Suite struct RobustAggregationTests {
  static let kinds = StrategyRegistry.all.filter { $0 is any RobustAggregation.Type }.map {
    $0.kind
  }

  private func rule(
    _ kind: String, _ options: [String: Double] = [:]
  ) throws -> any RobustAggregation {
    try #require(
      try StrategyRegistry.make(StrategyPlan(kind: kind, options: options))
        as? any RobustAggregation)
  }

  private func arrivals(_ count: Int) -> [(ClientID, ParameterTree<HostTensor>)] {
    Fixture.deltas(count, at: "robust").enumerated().map { (ClientID(index: $0), $1) }
  }

  @Test func theyAreAllThere() {
    #expect(
      Set(Self.kinds) == [
        "median", "trimmed-mean", "geometric-median", "krum", "multi-krum", "bulyan",
      ])
  }

  @Test(arguments: kinds)
  func orderAndSizeOfBlocksChangeNoBit(kind: String) throws {
    let rule = try rule(kind)
    let buffers: Set = ["norm.running_var", "norm.count"]
    let expected = try rule.aggregate(MemoryUpdateStack(arrivals(11)), buffers: buffers)
    for (trial, limit) in [1, 2000, 12_000, 1 << 20].enumerated() {
      let order = Fixture.key.at("order").at(trial).permutation(of: 11)
      let arrivals = arrivals(11)
      let stack = MemoryUpdateStack(order.map { arrivals[$0] })
      #expect(try rule.aggregate(stack, buffers: buffers, byteLimit: limit) == expected)
    }
  }

  @Test(arguments: kinds)
  func buffersAndCountersBecomeTheMedian(kind: String) throws {
    let arrivals = [(1, -4), (2, 9), (700, 5), (3, 6)].enumerated().map { index, values in
      (
        ClientID(index: index),
        [
          "count": Fixture.counter(Int64(values.1)),
          "running_var": HostTensor([Float(values.0)], shape: [1]),
          "w": HostTensor([Float(index)], shape: [1]),
        ] as ParameterTree<HostTensor>
      )
    }
    let found = try rule(kind).aggregate(MemoryUpdateStack(arrivals), buffers: ["running_var"])
    #expect(try found["running_var"]?.floats() == [2.5])
    // Between 5 and 6, away from zero.
    #expect(found["count"] == Fixture.counter(6))
  }

  @Test(arguments: kinds)
  func oneOfElevenCannotMoveTheModelFar(kind: String) throws {
    var rows = (0..<11).map { client in (0..<40).map { Float(client + $0) / 100 } }
    rows[4] = [Float](repeating: -3e6, count: 40)
    // Of three iterations an outlier may still move the geometric median.
    let options = kind == "geometric-median" ? ["iterations": 200.0] : [:]
    let found = try aggregate(kind, options, rows)
    for (index, value) in found.enumerated() {
      #expect(value >= Float(index) / 100 - 0.01 && value <= Float(index + 10) / 100 + 0.01)
    }
  }

  @Test func tooFewUpdatesAreAnError() throws {
    for (kind, attackers, need) in [("krum", 2.0, 7), ("multi-krum", 2, 7), ("bulyan", 2, 11)] {
      let rule = try rule(kind, ["attackers": attackers])
      #expect(rule.minimumUpdates == need)
      _ = try rule.aggregate(MemoryUpdateStack(arrivals(need)), buffers: [])
      do {
        _ = try rule.aggregate(MemoryUpdateStack(arrivals(need - 1)), buffers: [])
        Issue.record("\(kind) worked with \(need - 1) updates")
      } catch let error as TributaryError {
        #expect(error.code == "strategy.clients")
        #expect(error.message.contains("needs \(need) updates, but there are \(need - 1)"))
      }
    }
    #expect(throws: TributaryError.self) {
      try rule("median").aggregate(MemoryUpdateStack([[Float]]()), buffers: [])
    }
  }

  /// Against a plain PyTorch implementation (Golden/generate_robust.py): 23 updates, five of them hostile.
  @Test(
    arguments: [
      ("median", [:], "median"), ("trimmed-mean", ["beta": 0.22], "trimmed"),
      ("geometric-median", [:], "geometric-3"),
      ("geometric-median", ["iterations": 60], "geometric-60"), ("krum", ["attackers": 5], "krum"),
      ("krum", [:], "krum-most"), ("multi-krum", ["attackers": 5], "multi-krum"),
      ("multi-krum", ["attackers": 5, "selected": 4], "multi-krum-4"),
      ("bulyan", ["attackers": 5], "bulyan"),
    ] as [(String, [String: Double], String)])
  func agreesWithTheReference(kind: String, options: [String: Double], name: String) throws {
    let golden = try GoldenTensors("robust.safetensors")
    let updates = try golden.floats("updates")
    let count = updates.count / 23
    let rows = (0..<23).map { Array(updates[($0 * count)..<(($0 + 1) * count)]) }
    #expect(
      difference(
        try aggregate(kind, options, rows), try golden.floats(name), absolute: 1e-7, relative: 1e-6)
        == nil)
  }
}
