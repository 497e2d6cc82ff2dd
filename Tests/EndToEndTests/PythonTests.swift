import Foundation
import Testing
import TributaryTestKit

extension EndToEnd {
  /// What a run wrote, read by PyTorch and transformers: the same predictions there.
  @Suite("Python reads what a run wrote") struct PythonTests {
    @Test(
      "a residual network", .enabled(if: PythonReference.has("torch", "safetensors")))
    func images() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        _ = try await cluster.simulatedDigest()
        let model = workspace("undisturbed/model")
        let data = workspace("data/t10k-images-idx3-ubyte")
        let here = try await Prediction.of(model, on: data, in: workspace)
        let there = try python("predict_images.py", model, data)
        expectSame(here, there, tolerance: 1e-5)
        #expect(here.count == 120)
      }
    }

    @Test(
      "a text encoder", .enabled(if: PythonReference.has("torch", "transformers")))
    func texts() async throws {
      try await Workspace.run { workspace in
        _ = try python("make_bert.py", workspace.path)
        try workspace.write(
          """
          name: headlines
          seed: 3
          backbone: {path: bert}
          task: {kind: text-classification, classes: [calm, storm]}
          data:
            train: train.tsv
            test: test.tsv
            partition: {kind: iid, clients: 2}
            text: {maximumTokens: 32}
          local: {batchSize: 8, optimizer: {kind: adamw, learningRate: 0.001}}
          federation: {rounds: 1, minimumClients: 2}
          """, to: "run.yaml")
        try await workspace.output("simulate", workspace("run.yaml"), "--output", workspace("run"))
        let model = workspace("run/model")
        let here = try await Prediction.of(model, on: workspace("test.tsv"), in: workspace)
        let there = try python("predict_texts.py", model, workspace("test.tsv"))
        expectSame(here, there, tolerance: 1e-4)
        #expect(here.count == 50)

        // Config, vocabulary and weights travel: a cluster ends alike.
        let cluster = try await Cluster(dividing: workspace)
        let coordinator = try await cluster.coordinator()
        for worker in try cluster.workers([1, 0], at: coordinator.address) {
          try await worker.success()
        }
        #expect(
          try await coordinator.process.event("run.completed").digest
            == workspace.systemDigest(of: "run/model/model.safetensors"))
      }
    }

    /// The adapter folder is beside the model; PEFT puts it beside the backbone that it was trained on.
    @Test("adapters", .enabled(if: PythonReference.finds("torch", "transformers", "peft")))
    func adapters() async throws {
      try await Workspace.run { workspace in
        _ = try python("make_encoders.py", workspace.path)
        var here: [Prediction] = []
        var folders: [String] = []
        for (family, method) in [
          ("distilbert", "lora"), ("roberta", "ia3"), ("roberta", "prompt"), ("gpt2", "lora"),
          ("gpt2", "ia3"),
        ] {
          try workspace.write(
            """
            name: adapters
            seed: 3
            backbone: {path: \(family)}
            task: {kind: text-classification, classes: [calm, storm, rain]}
            data: {train: test.tsv, text: {maximumTokens: 48}}
            transfer: {method: \(method), rank: 4, alpha: 12, adapter: {tokens: 5}}
            local: {epochs: 2, batchSize: 16, optimizer: {kind: adamw, learningRate: 0.01}}
            """, to: "run.yaml")
          let run = workspace("\(family)-\(method)")
          try await workspace.output("finetune", workspace("run.yaml"), "--output", run)
          here += try await Prediction.of("\(run)/model", on: workspace("test.tsv"), in: workspace)
          folders += [workspace(family), "\(run)/model/adapter"]
        }
        let there = try python("predict_with_adapters.py", [workspace("test.tsv")] + folders)
        expectSame(here, there, tolerance: 1e-4)
        #expect(here.count == 300)
      }
    }

    @Test(
      "every family of encoders", .enabled(if: PythonReference.has("torch", "transformers")))
    func encoders() async throws {
      try await Workspace.run { workspace in
        _ = try python("make_encoders.py", workspace.path)
        for family in ["distilbert", "roberta", "albert", "gpt2"] {
          let model = workspace("\(family)-out")
          try await workspace.output("convert", workspace(family), model)
          let here = try await Prediction.of(model, on: workspace("test.tsv"), in: workspace)
          expectSame(
            here, try python("predict_texts.py", model, workspace("test.tsv")), tolerance: 1e-4)
          #expect(here.count == 60)
        }
      }
    }

    @Test(
      "networks of torchvision and timm",
      .enabled(if: PythonReference.finds("torch", "safetensors", "torchvision", "timm")))
    func imageNetworks() async throws {
      try await Workspace.run { workspace in
        _ = try python("make_vision.py", workspace.path)
        for file in [
          "resnet18.pth", "mobilenet_v3_small.pth", "squeezenet1_1.pth",
          "vit_tiny_patch16_224.safetensors", "efficientnet_b0.safetensors",
          "convnext_tiny.safetensors",
        ] {
          let name = String(file.prefix { $0 != "." })
          let model = workspace("\(name)-out")
          let said = try await workspace.output("convert", workspace(file), model)
          #expect(said.contains { $0.contains("its tensors are those of \(name)") })
          let here = try await Prediction.of(model, on: workspace("pictures"), in: workspace)
          expectSame(
            here, try python("predict_vision.py", model, workspace("pictures")), tolerance: 1e-4)
          #expect(here.count == 4)
        }
      }
    }

    private struct Generated: Decodable, Equatable {
      var prompt: String
      var text: String
    }

    @Test(
      "a causal language model", .enabled(if: PythonReference.has("torch", "transformers")))
    func generation() async throws {
      try await Workspace.run { workspace in
        _ = try python("make_gpt2.py", workspace.path)
        let data = try Data(contentsOf: URL(fileURLWithPath: workspace("generated.json")))
        let expected = try JSONDecoder().decode([Generated].self, from: data)
        #expect(expected.count == 2)
        for one in expected {
          let options = ["--prompt", one.prompt, "--max-tokens", "20", "--temperature", "0"]
          let lines = try await workspace.output(
            ["generate", workspace("gpt2"), "--json"] + options)
          let found = try JSONDecoder().decode(
            Generated.self, from: Data((lines.last ?? "").utf8))
          #expect(found == one)
        }
        func drawn(_ seed: String) async throws -> [String] {
          try await workspace.output([
            "generate", workspace("gpt2"), "--prompt", "The", "--top-k", "20", "--top-p", "0.9",
            "--seed", seed,
          ])
        }
        #expect(try await drawn("1") == drawn("1"))
        #expect(try await drawn("1") != drawn("2"))
      }
    }

    /// Probabilities, one row an example, that a script of `Reference` prints as JSON.
    private func python(_ script: String, _ arguments: String...) throws -> [[Double]] {
      try python(script, arguments)
    }

    private func python(_ script: String, _ arguments: [String]) throws -> [[Double]] {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      let path = folder.appendingPathComponent("Reference/\(script)").path
      let result = PythonReference.run([path] + arguments)
      guard result.status == 0 else { throw EndToEndError("\(script): \(result.output)") }
      let last = result.output.split(separator: "\n").last ?? "[]"
      return try JSONDecoder().decode([[Double]].self, from: Data(last.utf8))
    }

    private func expectSame(_ here: [Prediction], _ there: [[Double]], tolerance: Double) {
      #expect(here.count == there.count)
      for (index, (ours, theirs)) in zip(here, there).enumerated() {
        let largest = theirs.indices.max { theirs[$0] < theirs[$1] }
        #expect(ours.label == largest, "example \(index)")
        for (left, right) in zip(ours.probabilities, theirs) {
          #expect(abs(left - right) < tolerance, "example \(index)")
        }
      }
    }
  }
}
