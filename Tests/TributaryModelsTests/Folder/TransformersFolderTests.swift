import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// What we write of every text architecture loads in `transformers` without a surplus or missing tensor, and
/// gives the same logits there.
@Suite struct TransformersFolderTests {
  @Test(.enabled(if: PythonReference.has("transformers", "safetensors", "torch")))
  func transformersLoadsEveryTextModelThatWeWrite() throws {
    let folder = TemporaryFolder()
    let cases = ModelCase.all.filter {
      $0.configuration.settings["model_type"] != nil && $0.configuration.pooling == .cls
        && !$0.hasSegments
    }
    #expect(Set(cases.map(\.configuration.architecture)).count == 5)
    var arguments: [String] = []
    for test in cases {
      let model = try ModelRegistry.make(test.configuration)
      let tensors = ParameterTree(
        model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) })
      let loaded = LoadedModel(model: model, tensors: tensors, assets: [:], freshTensors: [])
      try ModelFolder.write(loaded, to: folder(test.name))
      let pass = Pass(parameters: try tensors.mapValues { try Tensor($0) })
      let input = try test.input()
      guard case .tokens(let ids, let mask, _) = input else { continue }
      let logits =
        switch test.configuration.objective {
        case .classification: try model.logits(input, pass)
        case .languageModel:
          try #require(model as? any LanguageModel).languageModelLogits(input, pass)
        }
      let file = folder("\(test.name).safetensors")
      try SafetensorsFile.write(
        ["ids": ids.host(), "mask": mask.host(), "logits": logits.host()], to: file)
      arguments += [folder(test.name), file]
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("check_in_python.py").path
    let run = PythonReference.run([script] + arguments)
    #expect(run.status == 0, "\(run.output)")
    #expect(
      run.output.split(separator: "\n").count { $0.contains("largest difference") } == cases.count)
  }
}
