import Synchronization

/// The final digests of runs that nothing disturbs, each simulated once for all tests that need it.
actor Undisturbed {
  static let shared = Undisturbed()
  private var digests: [String: Task<String, any Error>] = [:]

  func digest(of run: RunFile) async throws -> String {
    if let known = digests[run.yaml] { return try await known.value }
    let task = Task {
      let digest = Mutex("")
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, run)
        let completed = try await cluster.simulation(output: "run").event("run.completed")
        digest.withLock { $0 = completed.digest ?? "" }
      }
      return digest.withLock { $0 }
    }
    digests[run.yaml] = task
    return try await task.value
  }
}
