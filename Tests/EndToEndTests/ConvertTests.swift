import Foundation
import Testing
import TributaryTestKit

extension EndToEnd {
  /// Checkpoints of other tools, through `convert` and `inspect`.
  @Suite("Convert and inspect") struct ConvertTests {
    private struct Comparison: Decodable {
      var equal: Bool
      var maximumAbsolute: Double?
    }

    @Test("a hostile pickle is refused, and nothing is written") func hostile() async throws {
      try await Workspace.run { workspace in
        let checkpoint = Golden.path(
          "hostile/os-system.pt", in: "TributaryStorageTests")
        for command in [["convert", checkpoint, workspace("out")], ["inspect", checkpoint]] {
          let reason = try await Workspace.reason(of: workspace.start(command))
          #expect(reason.contains("posix.system is refused"))
        }
        #expect(!workspace.exists("out"))
      }
    }

    @Test(
      "training checkpoints of PyTorch", .enabled(if: PythonReference.has("torch", "safetensors")))
    func pytorch() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        try await workspace.output("pretrain", cluster.plan, "--output", workspace("pretrained"))
        let model = workspace("pretrained/model")
        let saved = PythonReference.run([
          PythonReference.script("save_checkpoint.py"), "\(model)/model.safetensors",
          workspace.path,
        ])
        #expect(saved.status == 0, "\(saved.output)")
        for name in ["new.pth", "old.th"] {
          let said = try await workspace.output(
            "convert", workspace(name), workspace("\(name)-out"))
          #expect(said.contains { $0.contains("took \"state_dict\", left out epoch") })
          #expect(said.contains { $0.contains("cifar-resnet8") })
          try await workspace.output("inspect", model, workspace("\(name)-out"))
          try await workspace.output("inspect", model, workspace(name))
          try await workspace.output(
            "evaluate", workspace(name), "--architecture", "cifar-resnet8", "--data",
            workspace("data/t10k-images-idx3-ubyte"))
        }
        let taken = try await workspace.reason("convert", model, workspace("new.pth-out"))
        #expect(taken.contains("there already"))
      }
    }

    @Test(
      "a Hugging Face folder, quantised",
      .enabled(if: PythonReference.has("torch", "transformers", "compressed_tensors")))
    func int8() async throws {
      try await Workspace.run { workspace in
        let made = PythonReference.run([PythonReference.script("make_encoders.py"), workspace.path])
        #expect(made.status == 0, "\(made.output)")
        for family in ["distilbert", "roberta", "albert"] {
          let (source, out) = (workspace(family), workspace("\(family)-int8"))
          try await workspace.output("convert", source, out, "--dtype", "int8")
          let here = try await Prediction.of(out, on: workspace("test.tsv"), in: workspace)
          let predicted = PythonReference.run([
            PythonReference.script("predict_texts.py"), out, workspace("test.tsv"),
          ])
          #expect(predicted.status == 0, "\(predicted.output)")
          let last = predicted.output.split(separator: "\n").last ?? "[]"
          let there = try JSONDecoder().decode([[Double]].self, from: Data(last.utf8))
          #expect(here.count == 60 && there.count == 60)
          for (ours, theirs) in zip(here.flatMap(\.probabilities), there.joined()) {
            #expect(abs(ours - theirs) < 1e-3, "\(family)")
          }
        }
      }
    }

    @Test(
      "a Hugging Face folder, halved and sharded",
      .enabled(if: PythonReference.has("torch", "transformers")))
    func huggingFace() async throws {
      try await Workspace.run { workspace in
        let made = PythonReference.run([PythonReference.script("make_bert.py"), workspace.path])
        #expect(made.status == 0, "\(made.output)")
        let source = workspace("bert")
        for (dtype, tolerance) in [("float32", 0.0), ("float16", 0.0005), ("bfloat16", 0.004)] {
          let out = workspace(dtype)
          try await workspace.output(
            "convert", source, out, "--dtype", dtype, "--max-shard-size", "30KB")
          let names = try FileManager.default.contentsOfDirectory(atPath: out)
          #expect(names.contains("model.safetensors.index.json"))
          #expect(names.contains("vocab.txt") && names.contains("tokenizer_config.json"))
          let loaded = PythonReference.run([
            PythonReference.script("load_strictly.py"), source, out, "\(tolerance)",
          ])
          #expect(loaded.status == 0, "\(dtype): \(loaded.output)")
          let compared = try await workspace.start("inspect", source, out, "--json").outcome()
          #expect(compared.status == (dtype == "float32" ? 0 : 1))
          let summary = try JSONDecoder().decode(
            Comparison.self, from: Data((compared.output.last ?? "").utf8))
          #expect(summary.equal == (dtype == "float32"))
          #expect((summary.maximumAbsolute ?? 1) <= tolerance)
        }
      }
    }
  }
}
