import Foundation
import TributaryTestKit

/// `Reference/hub_server.py`, a hub on 127.0.0.1 with one model in every repository.
struct HubServer {
  let workspace: Workspace
  let process: RunningProcess
  let endpoint: String

  private struct Ports: Decodable {
    var hub: Int
    var cdn: Int
  }

  struct Request: Decodable {
    var port: String
    var method: String
    var path: String
    var token: String?
    var range: String?
  }

  /// - Parameters:
  ///   - files: the model's, by name.
  ///   - certificate: files with a certificate and its key, for https.
  init(
    _ workspace: Workspace, files: [String: Data] = HubServer.files, certificate: [String] = []
  ) async throws {
    self.workspace = workspace
    for (name, data) in files {
      let url = URL(fileURLWithPath: workspace("hub/model/\(name)"))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
    process = try workspace.start(
      "/usr/bin/env",
      [PythonReference.python, PythonReference.script("hub_server.py"), workspace("hub")]
        + certificate)
    let line = await process.output.first(within: RunningProcess.patienceSeconds) { _ in true }
    let ports = try JSONDecoder().decode(Ports.self, from: Data((line ?? "").utf8))
    endpoint = "\(certificate.isEmpty ? "http" : "https")://127.0.0.1:\(ports.hub)"
  }

  /// A model that is large enough to break off, with what lies beside one.
  static let files: [String: Data] = [
    "config.json": Data("{\"model_type\": \"other\"}\n".utf8),
    "README.md": Data("# model\n".utf8),
    "1_Pooling/config.json": Data("{}\n".utf8),
    "model.safetensors": Data((0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }),
    "pytorch_model.bin": Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 5) }),
  ]

  /// For `tributary` and Python: this hub, and a cache in the workspace.
  func environment(
    token: String = "good", cache: String = "cache", isOffline: Bool = false
  ) -> [String: String] {
    [
      "HF_ENDPOINT": endpoint, "HF_TOKEN": token, "HF_HUB_CACHE": workspace(cache),
      "HF_HOME": workspace("home"), "HF_HUB_OFFLINE": isOffline ? "1" : "0",
      "HF_HUB_DISABLE_TELEMETRY": "1",
    ]
  }

  func requests() throws -> [Request] {
    let text = try String(contentsOfFile: workspace("hub/requests.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  func pull(
    _ repository: String, _ more: String..., token: String = "good", cache: String = "cache",
    isOffline: Bool = false
  ) throws -> RunningProcess {
    try workspace.start(
      Workspace.program, ["pull", repository] + more,
      environment: environment(token: token, cache: cache, isOffline: isOffline))
  }

  /// The line with which a pull fails, after those that tell what came before.
  func refusal(of process: RunningProcess) async throws -> String {
    let outcome = try await process.outcome()
    guard outcome.status == 1, let line = outcome.errors.last else {
      throw EndToEndError("\(process.name): \(outcome.status) \(outcome.errors)")
    }
    return line
  }

  /// The names of a pulled repository's blobs.
  func blobs(_ repository: String, cache: String = "cache") -> [String] {
    let name = repository.split(separator: "/").joined(separator: "--")
    return
      (try? FileManager.default.contentsOfDirectory(
        atPath: workspace("\(cache)/models--\(name)/blobs"))) ?? []
  }

  /// The large file of `files` as a pulled repository has it.
  func largeBlob(_ repository: String) throws -> Data {
    let name = blobs(repository).first { $0.count == 64 } ?? ""
    let folder = repository.split(separator: "/").joined(separator: "--")
    return try Data(
      contentsOf: URL(fileURLWithPath: workspace("cache/models--\(folder)/blobs/\(name)")))
  }
}
