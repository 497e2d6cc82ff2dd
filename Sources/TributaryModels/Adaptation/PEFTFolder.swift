public import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// Adapters, prompts and prefixes beside their backbone as Hugging Face's PEFT keeps them: `adapter_config.json` and
/// `adapter_model.safetensors`, with the classifier that was trained with them.
public enum PEFTFolder {
  static let configurationName = "adapter_config.json"
  static let weightsName = "adapter_model.safetensors"

  /// Writes what is added to `model` and its classifier; nothing where PEFT has none of the kind.
  ///
  /// - Parameter tensors: the model's with what is added.
  public static func write(
    _ tensors: ParameterTree<HostTensor>, of model: any Model, to folder: String
  ) throws {
    guard let adaptation = model.adaptation, type(of: adaptation).isPEFT else { return }
    let own = Set(adaptation.tensors.map(\.name))
    let isPrompt = adaptation.adapters.layers.isEmpty
    let saved = tensors.filter { name, _ in
      own.contains(name) || model.headTensorNames.contains(name)
    }
    let named = saved.map { name, tensor in
      if isPrompt { return (own.contains(name) ? name : "base_model.\(name)", tensor) }
      return ("base_model.model.\(name)", tensor)
    }
    try SafetensorsFile.write(ParameterTree(named.values), to: "\(folder)/\(weightsName)")
    try DurableFile.write(
      Bytes(copying: Array(configuration(adaptation, of: model).text.utf8)),
      to: "\(folder)/\(configurationName)")
  }

  private static func configuration(_ adaptation: any Adaptation, of model: any Model) -> JSON {
    let heads = Set(model.headTensorNames.map { String($0.prefix { $0 != "." }) }).sorted()
    let isClassifier = model.configuration.image == nil && !heads.isEmpty
    let rest: [JSON.Member] = [
      ("base_model_name_or_path", .null), ("inference_mode", .bool(true)),
      ("modules_to_save", heads.isEmpty ? .null : .array(heads.map(JSON.string))),
      ("peft_type", .string(type(of: adaptation).kind)),
      ("task_type", isClassifier ? .string("SEQ_CLS") : .null),
    ]
    return .object((adaptation.settings + rest).sorted { $0.name < $1.name })
  }

  /// What a folder says, and its tensors as they are called there.
  ///
  /// - Throws: `file.*`, `json.syntax`, `checkpoint.*`.
  static func read(
    _ folder: String
  ) throws -> (configuration: JSON, tensors: ParameterTree<HostTensor>) {
    let configuration = "\(folder)/\(configurationName)"
    guard DurableFile.exists(configuration) else {
      throw TributaryError(
        "file.missing", "\(configuration) is not there",
        advice: "transfer.adapter.from wants a folder that PEFT or a run here wrote (model/adapter)"
      )
    }
    return (
      try JSON(parsing: DurableFile.read(configuration), name: configurationName),
      try SafetensorsFile(
        bytes: DurableFile.read("\(folder)/\(weightsName)"), name: weightsName, requireFinite: true
      ).tensors
    )
  }

  /// A tensor's name without PEFT's wrappers.
  static func name(of tensor: String) -> String {
    for prefix in ["base_model.model.", "base_model."] where tensor.hasPrefix(prefix) {
      return String(tensor.dropFirst(prefix.count))
    }
    return tensor
  }
}

extension LoadedModel {
  /// This model with the adapters, prompt or prefix that a PEFT folder holds, and its classifier.
  ///
  /// - Parameter kind: the `peft_type` that is wanted.
  /// - Throws: `model.adaptation` where the folder holds another kind, or tensors that do not fit.
  public func adapted(fromPEFT folder: String, kind: String, key: RandomKey) throws -> LoadedModel {
    let (json, found) = try PEFTFolder.read(folder)
    guard json["peft_type"]?.string == kind else {
      throw AdaptationRegistry.error(
        "\(folder) holds \(json["peft_type"]?.string?.prefix(40) ?? "no peft_type"), not \(kind)",
        advice: "choose the transfer.method that the folder was made with")
    }
    var result = try adapted(by: json, key: key)
    let added = result.model.adaptation?.tensors ?? []
    let head = model.tensors.filter { model.headTensorNames.contains($0.name) }
    let shapes = Dictionary(
      (added + head).map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let tensors = ParameterTree(found.map { (PEFTFolder.name(of: $0), $1) }.values)
    for (name, tensor) in tensors {
      guard let shape = shapes[name], shape == tensor.shape, tensor.dtype == .float32 else {
        throw AdaptationRegistry.error(
          "\(folder): \(name) is \(tensor.dtype.rawValue) \(tensor.shape), the model here has "
            + (shapes[name].map { "F32 \($0)" } ?? "no such tensor"),
          advice: "was it trained beside this backbone, with as many classes?")
      }
    }
    if let missing = added.first(where: { !tensors.contains($0.name) }) {
      throw AdaptationRegistry.error("\(folder) lacks \(missing.name)")
    }
    result.tensors = result.tensors.merging(tensors)
    result.freshTensors.subtract(tensors.names)
    return result
  }
}
