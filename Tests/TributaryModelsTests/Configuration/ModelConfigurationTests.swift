import Testing
import TributaryCore
import TributaryNN
import TributaryStorage

@testable import TributaryModels

@Suite struct ModelConfigurationTests {
  private func read(_ text: String) throws -> ModelConfiguration {
    try ModelConfiguration(folderConfiguration: Bytes(copying: Array(text.utf8)))
  }

  @Test func readsHuggingFace() throws {
    let found = try read(
      #"{"model_type":"bert","hidden_size":64,"num_attention_heads":2,"extra":[1],"dtype":"float16","#
        + #""id2label":{"0":"no","1":"yes","2":"both"},"classifier_dropout":null}"#)
    #expect(found.architecture == "bert" && found.classes == 3)
    #expect(found.classNames == ["no", "yes", "both"])
    #expect(found.settings["hidden_size"]?.integer == 64 && found.pooling == .cls)
    let model = try ModelRegistry.make(found)
    #expect(model.featureCount == 64 && model.maximumTokens == 512)
    #expect(model.tensors.contains { $0.name.hasPrefix("bert.encoder.layer.11.") })
    let written = try JSON(parsing: found.folderConfiguration(), name: "config.json")
    #expect(written["extra"] == .array([.integer(1)]))
    #expect(written["dtype"] == nil)
    #expect(written["architectures"] == .array([.string("BertForSequenceClassification")]))
    #expect(written["label2id"]?["both"]?.integer == 2)
  }

  @Test func keepsPoolingAndUnnamedClasses() throws {
    var found = try read(#"{"model_type":"bert"}"#)
    #expect(found.classes == 2 && found.classNames == nil)
    found.pooling = .mean
    found.classes = 4
    let again = try ModelConfiguration(folderConfiguration: found.folderConfiguration())
    #expect(again.pooling == .mean && again.classes == 4 && again.classNames == nil)
    #expect(again.folderConfiguration() == found.folderConfiguration())
  }

  @Test func keepsImages() throws {
    let image = ImageConfiguration(
      channels: 3, height: 28, width: 30, mean: [0.485, 0.1, 1 / 3],
      standardDeviation: [0.229, 1, 2])
    let written = ModelConfiguration(
      architecture: "resnet18", classes: 2, classNames: ["ant", "bee"], image: image,
      settings: .object([("width", .number(0.5)), ("layers", .array([.integer(2)]))]))
    let text = String(
      decoding: written.folderConfiguration().array(of: UInt8.self), as: UTF8.self)
    #expect(text.contains("0.485,"))
    #expect(
      try ModelConfiguration(folderConfiguration: written.folderConfiguration()) == written)
  }

  @Test(arguments: [
    "", "{}", #"{"model_type":"other"}"#, #"{"model_type":"bert","hidden_size":0}"#,
    #"{"model_type":"bert","hidden_size":65}"#, #"{"model_type":"bert","hidden_act":"mish"}"#,
    #"{"model_type":"bert","position_embedding_type":"relative_key"}"#,
    #"{"model_type":"bert","hidden_dropout_prob":1}"#, #"{"architecture":"resnet18"}"#,
    #"{"architecture":"resnet18","classes":2,"settings":[]}"#,
    #"{"model_type":"bert","is_decoder":true}"#, #"{"model_type":"bert","layer_norm_eps":-1}"#,
    #"{"architecture":"other","classes":2}"#,
    #"{"architecture":"resnet18","classes":2,"image":{"channels":3}}"#,
    #"{"architecture":"resnet18","classes":2,"image":{"channels":1,"height":2,"width":2,"mean":[0],"standard_deviation":[0]}}"#,
  ])
  func refuses(_ text: String) {
    #expect(throws: TributaryError.self) { try ModelRegistry.make(read(text)) }
  }

  @Test func boundsWhatAPeerMaySay() throws {
    #expect(throws: TributaryError.self) {
      try ModelRegistry.make(read(#"{"model_type":"bert","num_hidden_layers":16000000}"#))
    }
    for classes in [0, -1, Int.max] {
      var configuration = try read(#"{"model_type":"bert"}"#)
      configuration.classes = classes
      #expect(throws: TributaryError.self) { try ModelRegistry.make(configuration) }
    }
  }

  @Test func namesTheNearestArchitecture() {
    let error = #expect(throws: TributaryError.self) { try ModelRegistry.canonicalName("resnet16") }
    #expect(error?.description.contains("nearest: resnet18") == true)
  }
}
