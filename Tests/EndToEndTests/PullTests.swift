import Foundation
import Glibc
import Testing
import TributaryTestKit

extension EndToEnd {
  /// `tributary pull` from a local server that speaks the hub's API.
  @Suite("Pull", .enabled(if: PythonReference.has("http.server"))) struct PullTests {
    @Test("the cache's layout, and the token only for the hub") func layout() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let outcome = try await hub.pull("team/model").success()
        let snapshot = try #require(outcome.output.last)
        #expect(snapshot.hasPrefix(workspace("cache/models--team--model/snapshots/")))
        for name in ["config.json", "1_Pooling/config.json", "model.safetensors"] {
          let data = try Data(contentsOf: URL(fileURLWithPath: "\(snapshot)/\(name)"))
          #expect(data == HubServer.files[name], "\(name)")
          let link = try FileManager.default.destinationOfSymbolicLink(
            atPath: "\(snapshot)/\(name)")
          #expect(link.hasPrefix(name.contains("/") ? "../../../blobs/" : "../../blobs/"))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(snapshot)/pytorch_model.bin"))
        let commit = try String(
          contentsOfFile: workspace("cache/models--team--model/refs/main"), encoding: .utf8)
        #expect(snapshot.hasSuffix("/\(commit)"))
        let requests = try hub.requests()
        #expect(requests.contains { $0.port == "cdn" })
        for request in requests {
          #expect((request.token == "Bearer good") == (request.port == "hub"), "\(request)")
        }
        #expect(!(outcome.output + outcome.errors).contains { $0.contains("good") })
        #expect(
          outcome.errors.contains { $0.contains("model.safetensors") && $0.contains("2.0 MB") })

        let again = try await hub.pull("team/model").success()
        #expect(again.output == outcome.output)
        let later = try hub.requests().dropFirst(requests.count)
        #expect(
          later.count == 4 && later.allSatisfy { $0.method == "HEAD" || $0.path.contains("api") })
      }
    }

    @Test("redirects within the hub, and from elsewhere back to it") func redirects() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let renamed = try await hub.pull("team/renamed", "--include", "*.md", "--json").success()
        #expect(renamed.output.first?.contains("README.md") == true)
        try await hub.pull("team/cached").success()
        #expect(try hub.largeBlob("team/cached") == HubServer.files["model.safetensors"])
        #expect(hub.blobs("team/cached").count == 3)

        let before = try hub.requests().count
        try await hub.pull("team/back").success()
        let back = try hub.requests().dropFirst(before).filter { $0.path.contains("resolve-cache") }
        #expect(back.count == 1 && back.allSatisfy { $0.port == "hub" && $0.token == nil })
      }
    }

    @Test(
      "what passes: dropped connections, no ranges, expired links, a busy or failing hub",
      arguments: [
        ("team/broken", "broke"), ("team/whole", "broke"), ("team/expired", "answers 403"),
        ("team/busy", "too many requests"), ("team/flaky", "answers 503"),
      ])
    func passing(repository: String, reason: String) async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let outcome = try await hub.pull(repository).success()
        #expect(
          outcome.errors.contains { $0.contains(reason) && $0.contains("trying again in") },
          "\(outcome.errors)")
        #expect(try hub.largeBlob(repository) == HubServer.files["model.safetensors"])
        #expect(hub.blobs(repository).count == 3)
        guard repository == "team/broken" else { return }
        let ranges = try hub.requests().filter { $0.port == "cdn" }.map(\.range)
        #expect(ranges.count == 3 && ranges[0] == nil && ranges[1] != nil && ranges[2] != nil)
      }
    }

    @Test(
      "Ctrl-C or kill -9 halfway: nothing looks whole, the next goes on",
      arguments: [
        SIGINT, SIGKILL,
      ])
    func interrupted(signal: Int32) async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let first = try hub.pull("team/slow")
        let stalled = await hub.process.output.first(within: RunningProcess.patienceSeconds) {
          $0.contains("stalled")
        }
        #expect(stalled != nil)
        try await untilHalfIsThere(workspace)
        first.send(signal)
        let outcome = try await first.outcome()
        #expect(outcome.status == 128 + signal)
        #expect(!workspace.exists("cache/models--team--slow/refs/main"))
        let snapshot = try #require(try await hub.pull("team/slow").success().output.last)
        #expect(FileManager.default.fileExists(atPath: "\(snapshot)/model.safetensors"))
        #expect(try hub.largeBlob("team/slow") == HubServer.files["model.safetensors"])
        #expect(hub.blobs("team/slow").count == 3)
        #expect(try hub.requests().last { $0.port == "cdn" }?.range == "bytes=1000000-")
      }
    }

    @Test("another file's beginning is found out, and fetched anew") func foreign() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let first = try await hub.pull("team/model").success()
        let blob = try #require(hub.blobs("team/model").first { $0.count == 64 })
        let path = workspace("cache/models--team--model/blobs/\(blob)")
        for length in [1000, 2_000_000, 3_000_000] {
          try FileManager.default.removeItem(atPath: path)
          try Data(count: length).write(to: URL(fileURLWithPath: "\(path).incomplete"))
          #expect(try await hub.pull("team/model").success().output == first.output)
          #expect(try hub.largeBlob("team/model") == HubServer.files["model.safetensors"])
        }
        // A blob that another program cut short is no blob.
        try Data(count: 10).write(to: URL(fileURLWithPath: path))
        try await hub.pull("team/model").success()
        #expect(try hub.largeBlob("team/model") == HubServer.files["model.safetensors"])
        #expect(hub.blobs("team/model").count == 3)
      }
    }

    @Test("several at a time fetch once") func concurrent() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let pulls = try (0..<4).map { _ in try hub.pull("team/model") }
        for pull in pulls { try await pull.success() }
        #expect(try hub.largeBlob("team/model") == HubServer.files["model.safetensors"])
        #expect(hub.blobs("team/model").count == 3)
        let bodies = try hub.requests().filter { $0.port == "cdn" && $0.method == "GET" }
        #expect(bodies.count == 1)
      }
    }

    private func untilHalfIsThere(_ workspace: Workspace) async throws {
      let blobs = workspace("cache/models--team--slow/blobs")
      for _ in 0..<Int(RunningProcess.patienceSeconds * 50) {
        let partial = try FileManager.default.contentsOfDirectory(atPath: blobs)
          .first { $0.hasSuffix(".incomplete") }
        let size = try partial.map {
          try FileManager.default.attributesOfItem(atPath: "\(blobs)/\($0)")[.size] as? Int
        }
        if size == 1_000_000 { return }
        try await Task.sleep(for: .milliseconds(20))
      }
      throw EndToEndError("half of the file did not come")
    }
  }
}
