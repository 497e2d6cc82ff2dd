import Foundation
import Testing
import TributaryTestKit

extension EndToEnd {
  /// One cache, two programs: Hugging Face's own client at the same server, and what a pulled model is for.
  @Suite(
    "Pull and huggingface_hub",
    .enabled(if: PythonReference.has("torch", "transformers", "huggingface_hub", "filelock")))
  struct PullExchangeTests {
    @Test("transformers reads our cache, and we read huggingface_hub's")
    func interchange() async throws {
      try await Workspace.run { workspace in
        let hub = try await bert(workspace)
        let ours = try #require(try await hub.pull("team/model").success().output.last)
        let read = try run("load_from_cache.py", environment: hub.environment())
        #expect(read.contains("["))

        let theirs = try run(
          "snapshot_download.py", environment: hub.environment(cache: "theirs"))
        #expect(theirs.hasSuffix(ours.split(separator: "/").last ?? ""))
        let before = try hub.requests().count
        let offline = try await hub.pull("team/model", cache: "theirs", isOffline: true).success()
        #expect(offline.output.last == theirs)
        #expect(try hub.requests().count == before)
        try await workspace.output("inspect", ours, theirs)
        #expect(
          Set(hub.blobs("team/model")).isSubset(of: hub.blobs("team/model", cache: "theirs")))
        let links = try [ours, theirs].map { path in
          try FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/model.safetensors")
        }
        #expect(links[0] == links[1])
        // And an online pull into a cache that huggingface_hub filled fetches nothing anew.
        try await hub.pull("team/model", cache: "theirs").success()
        #expect(try hub.requests().dropFirst(before).allSatisfy { $0.port == "hub" })
        // Nor does huggingface_hub into ours.
        let later = try hub.requests().count
        #expect(try run("snapshot_download.py", environment: hub.environment()) == ours)
        #expect(try hub.requests().dropFirst(later).allSatisfy { $0.port == "hub" })
      }
    }

    @Test("hub:OWNER/NAME is the model wherever a path may stand, without the network")
    func reference() async throws {
      try await Workspace.run { workspace in
        let hub = try await bert(workspace)
        let environment = hub.environment()
        func tributary(_ arguments: String...) throws -> RunningProcess {
          try workspace.start(Workspace.program, arguments, environment: environment)
        }
        try workspace.write(
          """
          name: headlines
          seed: 3
          backbone: {path: "hub:team/model"}
          task: {kind: text-classification, classes: [calm, storm]}
          data: {train: train.tsv, partition: {kind: iid, clients: 2}, text: {maximumTokens: 16}}
          local: {batchSize: 16}
          federation: {rounds: 1, minimumClients: 2}
          """, to: "run.yaml")
        let absent = try await Workspace.reason(
          of: tributary("simulate", workspace("run.yaml"), "--output", workspace("run")))
        #expect(absent.contains("`tributary pull team/model` fetches it"))
        try await hub.pull("team/model").success()
        let before = try hub.requests().count
        try await tributary("simulate", workspace("run.yaml"), "--output", workspace("run"))
          .success()
        try await tributary(
          "simulate", workspace("run.yaml"), "--output", workspace("same"), "--set",
          "backbone.path=\(workspace("bert"))"
        ).success()
        let digest = try await workspace.systemDigest(of: "run/model/model.safetensors")
        #expect(try await workspace.systemDigest(of: "same/model/model.safetensors") == digest)
        try await tributary("inspect", "hub:team/model@main", workspace("bert")).success()
        try await tributary("convert", "hub:team/model", workspace("half"), "--dtype", "float16")
          .success()
        #expect(try hub.requests().count == before)
        let other = try await Workspace.reason(of: tributary("inspect", "hub:team/model@v2"))
        #expect(other.contains("--revision v2"))
      }
    }

    @Test("what huggingface_hub left half done is not taken for a model") func half() async throws {
      try await Workspace.run { workspace in
        let hub = try await bert(workspace)
        let theirs = try run(
          "snapshot_download.py", ["*.json"], environment: hub.environment(cache: "theirs"))
        #expect(FileManager.default.fileExists(atPath: "\(theirs)/config.json"))
        let line = try await hub.refusal(
          of: hub.pull("team/model", cache: "theirs", isOffline: true))
        #expect(line.contains("no file that weights could be"))
        try await hub.pull("team/model", "--include", "*.json", cache: "theirs", isOffline: true)
          .success()
      }
    }

    @Test("the locks are huggingface_hub's") func locks() async throws {
      try await Workspace.run { workspace in
        let hub = try await HubServer(workspace)
        let data = try #require(HubServer.files["model.safetensors"])
        try data.write(to: URL(fileURLWithPath: workspace("large")))
        let digest = try await workspace.systemDigest(of: "large")
        let holder = try workspace.start(
          "/usr/bin/env",
          [
            PythonReference.python, PythonReference.script("hold_lock.py"),
            workspace("cache/.locks/models--team--model/\(digest).lock"),
          ])
        _ = await holder.output.first(within: RunningProcess.patienceSeconds) { $0 == "held" }
        let pull = try hub.pull("team/model")
        try await pull.complaint("model.safetensors  waiting for another process")
        #expect(try hub.requests().allSatisfy { $0.port == "hub" })
        await holder.destroy()
        try await pull.success()
        #expect(try hub.largeBlob("team/model") == data)
      }
    }

    @Test("both at once") func together() async throws {
      try await Workspace.run { workspace in
        let hub = try await bert(workspace)
        let theirs = try workspace.start(
          "/usr/bin/env",
          [PythonReference.python, PythonReference.script("snapshot_download.py")],
          environment: hub.environment())
        let pulls = try (0..<3).map { _ in try hub.pull("team/model") }
        let ours = try #require(try await pulls[0].success().output.last)
        for pull in pulls { try await pull.success() }
        #expect(try await theirs.success().output.last == ours)
        #expect(try run("load_from_cache.py", environment: hub.environment()).contains("["))
        #expect(!hub.blobs("team/model").contains { $0.hasSuffix(".incomplete") })
      }
    }

    /// A hub with the small BERT of `make_bert.py`.
    private func bert(_ workspace: Workspace) async throws -> HubServer {
      try run("make_bert.py", [workspace.path])
      var files: [String: Data] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: workspace("bert")) {
        files[name] = try Data(contentsOf: URL(fileURLWithPath: workspace("bert/\(name)")))
      }
      return try await HubServer(workspace, files: files)
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
