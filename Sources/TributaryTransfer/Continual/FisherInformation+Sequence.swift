public import TributaryCore
public import TributaryData
internal import TributaryModels
internal import TributaryPlan
internal import TributaryStorage
internal import TributaryTensor

extension FisherInformation {
  /// Writes beside a task's model the Fisher information of all tasks so far: the former model's, where there is some,
  /// and this task's, added up (Huszár 2018; Schwarz et al. 2018 with γ = 1), each taken where its training ended.
  ///
  /// - Parameters:
  ///   - limit: examples of the task, drawn from its training data.
  ///   - former: the folder of the former task's model; nil for the first task.
  public static func accumulate(
    _ prepared: PreparedRun, tensors: ParameterTree<HostTensor>, on train: Dataset, limit: Int,
    former: String?, to folder: String, isCancelled: () -> Bool = { false }
  ) throws {
    var loaded = prepared.loaded
    loaded.tensors = tensors
    let source = try ExampleSource(
      train, for: loaded, maximumTokens: prepared.plan.data.text.maximumTokens)
    let key = prepared.plan.randomKey.at("fisher")
    let indices = Array(key.at("examples").permutation(of: source.count).prefix(limit)).sorted()
    var sum = try diagonal(
      of: loaded, on: source, indices: indices, key: key, isCancelled: isCancelled)
    if let former {
      let path = "\(former)/\(fileName)"
      let earlier = try SafetensorsFile(path: path, requireFinite: true).tensors
      sum = try withoutGradient {
        try sum.map { name, value in
          guard let before = earlier[name], before.shape == value.shape else { return value }
          return (try Tensor(value) + Tensor(before)).host()
        }
      }
    }
    try SafetensorsFile.write(sum, to: "\(folder)/\(fileName)")
  }
}
