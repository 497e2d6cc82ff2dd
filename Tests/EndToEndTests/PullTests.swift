import Foundation
import Glibc
import Testing
import TributaryTestKit

extension EndToEnd {
  /// `tributary pull` from a local server that speaks the hub's API.
  @Suite("Pull", .enabled(if: PythonReference.has("http.server"))) struct PullTests {
    @Test("the cache's layout, and the token only for the hub") func layout() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace, files: HubServer.files)
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

        let renamed = try await hub.pull("team/renamed", "--include", "*.md", "--json").success()
        #expect(renamed.output.first?.contains("README.md") == true)
      }
    }

    @Test("dropped connections are gone on with") func dropped() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace, files: HubServer.files)
        try await hub.pull("team/broken").success()
        let ranges = try hub.requests().filter { $0.port == "cdn" }.map(\.range)
        #expect(ranges.count == 3 && ranges[0] == nil && ranges[1] != nil && ranges[2] != nil)
        try expectWhole("team--broken", workspace)
      }
    }

    @Test("kill -9 halfway: nothing looks whole, and the next pull goes on") func killed()
      async throws
    {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace, files: HubServer.files)
        let first = try hub.pull("team/slow")
        let stalled = await hub.process.output.first(within: RunningProcess.patienceSeconds) {
          $0.contains("stalled")
        }
        #expect(stalled != nil)
        await first.destroy()
        #expect(!workspace.exists("cache/models--team--slow/refs/main"))
        let outcome = try await hub.pull("team/slow").success()
        let snapshot = try #require(outcome.output.last)
        #expect(FileManager.default.fileExists(atPath: "\(snapshot)/model.safetensors"))
        try expectWhole("team--slow", workspace)
      }
    }

    @Test("several at a time") func concurrent() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace, files: HubServer.files)
        let pulls = try (0..<4).map { _ in try hub.pull("team/model") }
        for pull in pulls { try await pull.success() }
        try expectWhole("team--model", workspace)
        let bodies = try hub.requests().filter { $0.port == "cdn" && $0.method == "GET" }
        #expect(bodies.count == 1)
      }
    }

    @Test("what goes wrong is said in one line") func refusals() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace, files: HubServer.files)
        func reason(_ process: RunningProcess) async throws -> String {
          let outcome = try await process.outcome()
          #expect(outcome.status == 1)
          let line = outcome.errors.last ?? ""
          #expect(!line.contains("sesame") && !line.contains("s3cret"))
          return line
        }
        let tampered = try await reason(hub.pull("team/tampered"))
        #expect(tampered.contains("hash"))
        #expect(!workspace.exists("cache/models--team--tampered/refs/main"))
        let blobs = try FileManager.default.contentsOfDirectory(
          atPath: workspace("cache/models--team--tampered/blobs"))
        #expect(!blobs.contains { $0.count == 64 })

        #expect(try await reason(hub.pull("team/none")).contains("check the name"))
        #expect(try await reason(hub.pull("team/gated", token: "sesame")).contains("gated"))
        #expect(try await reason(hub.pull("team/private", token: "sesame")).contains("HF_TOKEN"))
        try await hub.pull("team/private").success()
        #expect(
          try await reason(hub.pull("team/model", "--revision", "v9")).contains("no revision v9"))
        #expect(try await reason(hub.pull("team/model", "--include", "*.xyz")).contains("*.xyz"))
        #expect(try await reason(hub.pull("../etc")).contains("not a model's name"))
        let nowhere = try workspace.start(
          Workspace.program, ["pull", "team/model"],
          environment: hub.environment().merging(["HF_ENDPOINT": "http://127.0.0.1:1"]) { $1 })
        #expect(try await reason(nowhere).contains("127.0.0.1"))
        let offline = try workspace.start(
          Workspace.program, ["pull", "team/model"],
          environment: hub.environment(cache: "empty").merging(["HF_HUB_OFFLINE": "1"]) { $1 })
        #expect(try await reason(offline).contains("HF_HUB_OFFLINE"))
      }
    }

    @Test(
      "transformers reads our cache, and we read huggingface_hub's",
      .enabled(if: PythonReference.has("transformers", "huggingface_hub")))
    func interchange() async throws {
      try await Workspace.run { workspace in
        try run("make_bert.py", [workspace.path])
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: workspace("bert")) {
          files[name] = try Data(contentsOf: URL(fileURLWithPath: workspace("bert/\(name)")))
        }
        let hub = try await HubServer(workspace, files: files)
        let ours = try #require(try await hub.pull("team/model").success().output.last)
        let read = try run("load_from_cache.py", environment: hub.environment())
        #expect(read.contains("["))

        let theirs = try run(
          "snapshot_download.py", environment: hub.environment(token: "good", cache: "theirs"))
        #expect(theirs.hasSuffix(ours.split(separator: "/").last ?? ""))
        let before = try hub.requests().count
        let offline = try await workspace.start(
          Workspace.program, ["pull", "team/model"],
          environment: hub.environment(cache: "theirs").merging(["HF_HUB_OFFLINE": "1"]) { $1 }
        ).success()
        #expect(offline.output.last == theirs)
        #expect(try hub.requests().count == before)
        try await workspace.output("inspect", ours, theirs)
        let blobs = try [ours, theirs].map { path in
          try FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/model.safetensors")
        }
        #expect(blobs[0] == blobs[1])
        // And an online pull into a cache that huggingface_hub filled fetches nothing anew.
        try await hub.pull("team/model", cache: "theirs").success()
        #expect(try hub.requests().dropFirst(before).allSatisfy { $0.port == "hub" })
      }
    }

    private func expectWhole(_ name: String, _ workspace: Workspace) throws {
      let blobs = workspace("cache/models--\(name)/blobs")
      let names = try FileManager.default.contentsOfDirectory(atPath: blobs)
      #expect(names.count == 3 && names.allSatisfy { $0.count == 64 || $0.count == 40 }, "\(names)")
      let large = try #require(names.first { $0.count == 64 })
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(blobs)/\(large)"))
      #expect(data == HubServer.files["model.safetensors"])
    }

    /// The last line that a script of `Reference` prints.
    @discardableResult
    private func run(
      _ script: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> String {
      let result = PythonReference.run(
        [PythonReference.script(script)] + arguments, environment: environment)
      guard result.status == 0 else { throw EndToEndError("\(script): \(result.output)") }
      return result.output.split(separator: "\n").last.map(String.init) ?? ""
    }
  }
}
