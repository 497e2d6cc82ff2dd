import Foundation

/// One coordinator and four workers over loopback, with keys, on the shards that `partition` wrote.
struct Cluster {
  /// The workers' names, which are not the clients'.
  static let names = ["north", "east", "south", "west"]
  static let all = Array(names.indices)

  let workspace: Workspace
  var plan: String { workspace("run.yaml") }

  /// Writes data and a run file first.
  init(_ workspace: Workspace, _ run: RunFile = RunFile()) async throws {
    try SyntheticImages.write(to: workspace("data"), train: 400, test: 120)
    try workspace.write(run.yaml, to: "run.yaml")
    try await self.init(dividing: workspace)
  }

  /// On the `run.yaml` that is in the workspace.
  init(dividing workspace: Workspace) async throws {
    self.workspace = workspace
    try await workspace.output("partition", plan, "--output", workspace("shards"))
    try await workspace.output(
      ["keygen", workspace("keys")] + Self.names.flatMap { ["--name", $0] })
  }

  /// A coordinator that listens.
  struct Listener {
    let process: RunningProcess
    let address: String
  }

  func coordinator(
    output: String = "cluster", bind: String = "tcp://127.0.0.1:*"
  ) async throws -> Listener {
    try await listening(
      "coordinator", plan, "--bind", bind, "--keys", workspace("keys"), "--output",
      workspace(output), "--json")
  }

  func resumedCoordinator(output: String = "cluster") async throws -> Listener {
    try await listening("coordinator", "--resume", workspace(output), "--json")
  }

  /// - Parameter keys: a folder of keys in the workspace, in place of the worker's own.
  func worker(
    _ index: Int, at address: String, keys: String? = nil, _ more: String...
  ) throws -> RunningProcess {
    let name = Self.names[index]
    return try workspace.start(
      [
        "worker", "--connect", address, "--name", name, "--keys",
        workspace(keys ?? "keys/workers/\(name)"), "--data", workspace("shards/client-000\(index)"),
      ] + more)
  }

  func workers(
    _ order: [Int] = Cluster.all, at address: String
  ) throws -> [RunningProcess] {
    try order.map { try worker($0, at: address) }
  }

  /// The final digest of the same run in one process.
  func simulatedDigest() async throws -> String {
    try await simulation(output: "undisturbed").event("run.completed").digest ?? ""
  }

  func simulation(output: String, resume: Bool = false) throws -> RunningProcess {
    try workspace.start(
      ["simulate", plan, "--output", workspace(output), "--json"] + (resume ? ["--resume"] : []))
  }

  /// The events that a run kept.
  func events(in output: String) throws -> [Event] {
    let text = try String(contentsOfFile: workspace("\(output)/events.jsonl"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { Event(String($0)) }
  }

  func listening(_ arguments: String...) async throws -> Listener {
    let process = try workspace.start(arguments)
    let address = try await process.event("listening").address
    return Listener(process: process, address: address ?? "")
  }
}

extension Workspace {
  /// SHA-256 of a file as `sha256sum` says it.
  func systemDigest(of name: String) async throws -> String {
    let process = try RunningProcess("/usr/bin/sha256sum", [self(name)])
    return try await process.success().output.first.map { String($0.prefix(64)) } ?? ""
  }
}
