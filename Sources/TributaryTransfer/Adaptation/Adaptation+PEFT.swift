internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryStorage

extension Adaptation {
  /// Writes the adapters and the classifier as Hugging Face's PEFT does, which loads them beside the backbone:
  /// `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// - Parameter tensors: the model's with the adapters'.
  func writePEFT(
    _ tensors: ParameterTree<HostTensor>, of model: any Model, to folder: String
  ) throws {
    let head = model.headTensorNames
    let own = Set(self.tensors.map(\.name))
    let saved = tensors.filter { name, _ in own.contains(name) || head.contains(name) }
    let heads = Set(head.map { String($0.prefix { $0 != "." }) }).sorted()
    try SafetensorsFile.write(
      ParameterTree(saved.map { ("base_model.model.\($0)", $1) }.values),
      to: "\(folder)/adapter_model.safetensors")
    let configuration = JSON.object([
      ("base_model_name_or_path", .null),
      ("bias", .string("none")),
      ("fan_in_fan_out", .bool(false)),
      ("inference_mode", .bool(true)),
      ("lora_alpha", .number(alpha)),
      ("lora_dropout", .number(0)),
      ("modules_to_save", .array(heads.map { .string($0) })),
      ("peft_type", .string("LORA")),
      ("r", .integer(rank)),
      ("target_modules", .array(layers.map { .string($0) })),
      ("task_type", .string("SEQ_CLS")),
    ])
    try DurableFile.write(
      Bytes(copying: Array(configuration.text.utf8)), to: "\(folder)/adapter_config.json")
  }
}
