import Testing
import TributaryCore

extension EndToEnd {
  /// A CPU without AVX-512 has other kernels and another memory layout: the same training, to rounding.
  @Suite("An older CPU") struct OlderCPUTests {
    @Test("trains the same network to the same loss", .timeLimit(.minutes(5)))
    func training() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        func loss(_ name: String, _ environment: [String: String]) async throws -> Double {
          let process = try workspace.start(
            [
              "pretrain", cluster.plan, "--set", "local.epochs=1", "--output", workspace(name),
              "--json",
            ], environment: environment)
          let events = try await process.success().output.compactMap(Event.init)
          return try #require(events.last?.metrics?["loss"])
        }
        let here = try await loss("here", [:])
        let older = try await loss(
          "older", ["DNNL_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"])
        #expect(abs(here - older) < 1e-3 * here)
      }
    }
  }
}
