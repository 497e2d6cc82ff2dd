import Synchronization
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryStorage
import TributaryTestKit
import TributaryWire

/// The clients' models, each by itself, reach the distiller, and what it makes of the mean is the round's result.
@Suite struct FusionTests {
  private let folder = TemporaryFolder()

  /// Keeps what it is given, and answers with the first client's line.
  private final class FirstClient: EnsembleDistiller {
    struct Call {
      var globals: [Float]
      var ensemble: [[Float]]
      var names: [String]
      var round: Int
    }
    let calls = Mutex<[Call]>([])

    func distilled(
      _ globals: ParameterTree<HostTensor>, from ensemble: [ParameterTree<HostTensor>],
      by fusion: EnsembleFusion, round: Int
    ) async throws -> ParameterTree<HostTensor> {
      func line(_ tensors: ParameterTree<HostTensor>) throws -> [Float] {
        try tensors["line.weight"]?.floats() ?? []
      }
      let call = Call(
        globals: try line(globals), ensemble: try ensemble.map(line), names: globals.names,
        round: round)
      calls.withLock { $0.append(call) }
      return ["line.weight": HostTensor(call.ensemble[0], shape: [2])]
    }
  }

  private func run(_ distiller: FirstClient?) async throws -> RunSummary {
    let clients = Run.clients(3)
    var services = Run.services(ScriptedPool.learning(clients))
    services.distiller = distiller
    return try await Coordinator(
      opening: .new, directory: folder("run"),
      inputs: Run.inputs(
        Run.plan(rounds: 2, minimum: 3, strategy: StrategyPlan(kind: "feddf")), expected: 3),
      services: services
    ).run()
  }

  @Test func theRoundsResultIsTheDistillers() async throws {
    let distiller = FirstClient()
    let summary = try await run(distiller)
    let calls = distiller.calls.withLock { $0 }
    #expect(calls.map(\.round) == [1, 2])
    #expect(calls.allSatisfy { $0.names == ["line.weight", "norm.count"] })
    let weights: [Float] = [10, 13, 16]
    for call in calls {
      #expect(Set(call.ensemble.map { $0[0] }).count == 3)
      for place in 0..<2 {
        let mean = zip(call.ensemble, weights).reduce(0) { $0 + $1.0[place] * $1.1 } / 39
        #expect(abs(mean - call.globals[place]) < 1e-5)
      }
    }
    let model = try SafetensorsFile(path: summary.model + "/model.safetensors").tensors
    #expect(try model["line.weight"]?.floats() == calls[1].ensemble[0])
  }

  @Test func withoutExamplesToDistilOnItSaysSo() async {
    let code = await Run.code { _ = try await run(nil) }
    #expect(code == "data.public")
  }
}
