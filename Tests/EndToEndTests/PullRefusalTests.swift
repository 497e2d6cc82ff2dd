import Foundation
import Testing
import TributaryTestKit

extension EndToEnd {
  /// What a pull refuses: one line that says why, and nothing in the cache that looks whole.
  @Suite("Pull refuses", .enabled(if: PythonReference.has("http.server")))
  struct PullRefusalTests {
    @Test(
      "what a hub answers",
      arguments: [
        ("team/none", "check the name"), ("team/gated", "is gated"), ("team/private", "HF_TOKEN"),
        ("team/tampered", "hash"), ("team/longer", "longer than the hub says"),
        ("team/shorter", "shorter than the hub says"),
        ("team/escape", "could not be one"), ("team/sneaky", "could not be one"),
        ("team/nohash", "which hash"), ("team/huge", "has room for"),
        ("team/endless", "without an end"), ("team/down", "answers 503"),
        ("../etc", "not a model's name"),
      ])
    func answers(repository: String, reason: String) async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let line = try await hub.refusal(of: hub.pull(repository, token: "sesame"))
        #expect(line.contains(reason) && !line.contains("sesame") && !line.contains("s3cret"))
        let name = repository.split(separator: "/").joined(separator: "--")
        #expect(!workspace.exists("cache/models--\(name)/refs/main"))
        #expect(!hub.blobs(repository).contains { $0.count == 64 })
        let all = FileManager.default.enumerator(atPath: workspace.path)?.compactMap {
          $0 as? String
        }
        #expect(all?.contains { $0.hasSuffix("evil") } == false)
      }
    }

    @Test("what a person asks for that is not there") func questions() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        func line(_ process: RunningProcess) async throws -> String {
          try await hub.refusal(of: process)
        }
        #expect(
          try await line(hub.pull("team/model", "--revision", "v9")).contains("no revision v9"))
        #expect(
          try await line(hub.pull("team/model", "--revision", "../main")).contains("revision"))
        #expect(try await line(hub.pull("team/model", "--include", "*.xyz")).contains("*.xyz"))
        let swapped = String(repeating: "ab", count: 20)
        #expect(
          try await line(hub.pull("team/model", "--revision", swapped)).contains("no revision"))
        #expect(
          try await line(hub.pull("team/model", cache: "empty", isOffline: true))
            .contains("HF_HUB_OFFLINE"))
        let nowhere = try workspace.start(
          Workspace.program, ["pull", "team/model"],
          environment: hub.environment().merging(["HF_ENDPOINT": "http://127.0.0.1:1"]) { $1 })
        #expect(try await line(nowhere).contains("127.0.0.1"))
        let unspoken = try workspace.start(
          Workspace.program, ["pull", "team/model"],
          environment: hub.environment().merging(["HF_ENDPOINT": "ftp://hub"]) { $1 })
        #expect(try await line(unspoken).contains("HF_ENDPOINT"))
        try await hub.pull("team/private").success()
      }
    }

    @Test("a full disk: what has come stays", .enabled(if: Sandbox.works)) func full() async throws
    {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        try FileManager.default.createDirectory(
          atPath: workspace("cache"), withIntermediateDirectories: true)
        let process = try workspace.start(
          Sandbox.program,
          Sandbox.arguments(
            "mount -t tmpfs -o size=1m tmpfs \"$HF_HUB_CACHE\" && \"$0\" pull team/model",
            Workspace.program),
          environment: hub.environment())
        let line = try await hub.refusal(of: process)
        #expect(line.contains("has room for") && line.contains("HF_HUB_CACHE"))
      }
    }

    @Test(
      "a certificate that this machine does not trust, and one it does", .enabled(if: Sandbox.works)
    )
    func certificates() async throws {
      try await Workspace.run { workspace in
        let (certificate, key) = (workspace("certificate.pem"), workspace("key.pem"))
        try await workspace.start(
          "/usr/bin/env",
          [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout",
            key,
            "-out", certificate, "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
          ]
        ).success()
        let hub = try await HubServer(workspace, certificate: [certificate, key])
        let line = try await hub.refusal(of: hub.pull("team/model"))
        #expect(line.contains("certificate of 127.0.0.1"))
        #expect(try hub.requests().isEmpty)
        let trusting = try workspace.start(
          Sandbox.program,
          Sandbox.arguments(
            "mount --bind \"$1\" /etc/ssl/certs/ca-certificates.crt && \"$0\" pull team/model",
            Workspace.program, certificate),
          environment: hub.environment())
        try await trusting.success()
        #expect(try hub.largeBlob("team/model") == HubServer.files["model.safetensors"])
      }
    }
  }

  /// A process that sees mounts of its own.
  enum Sandbox {
    static let program = "/usr/bin/env"
    static func arguments(_ script: String, _ more: String...) -> [String] {
      ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script] + more
    }

    /// Whether this system lets one make such a process; a line on standard error where not.
    static let works: Bool = {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments(
        "mount -t tmpfs tmpfs /mnt && test -f /etc/ssl/certs/ca-certificates.crt"
          + " && openssl version >/dev/null")
      process.standardError = FileHandle.nullDevice
      do { try process.run() } catch { return false }
      process.waitUntilExit()
      if process.terminationStatus == 0 { return true }
      FileHandle.standardError.write(Data("skipped: no mounts of one's own here\n".utf8))
      return false
    }()
  }
}
