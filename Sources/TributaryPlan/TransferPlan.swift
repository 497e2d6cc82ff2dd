/// How the backbone's knowledge is carried over to the task.
public struct TransferPlan: Sendable, Codable, Equatable {
  public var method: Method
  /// With `fine-tune`: glob patterns (`*`, `?`) of the tensors that move; with no `lastBlocks` either, empty means all.
  public var trainable: [String]
  /// With `fine-tune`: so many of the backbone's last blocks move; nil: as `trainable` says.
  public var lastBlocks: Int?
  /// Gradual unfreezing (Howard & Ruder 2018, ULMFiT): at first the classifier alone moves, and after every so many
  /// rounds (of `finetune`: epochs) one more of the backbone's blocks, from the top down; 0: all move at once.
  public var unfreezeEvery: Int
  /// What the learning rate is multiplied by in the backbone; the classifier and adapters have the whole.
  public var backboneRate: Double
  /// Discriminative rates (ULMFiT): what it is multiplied by once more for each block further down.
  public var blockDecay: Double
  public var batchNorm: BatchNormPolicy
  /// With `lora`: the rank of the adapters.
  public var rank: Int
  /// With `lora`: their results are multiplied by alpha / rank.
  public var alpha: Double
  /// With `lora`, `ia3` and `adapters`: the layers beside which they stand, by the last part of their names or by a
  /// glob pattern of the whole; empty: those that are usual for the method and the backbone.
  public var targets: [String]
  /// What else there is to say of adapters, prompts and prefixes.
  public var adapter = AdapterPlan()
  /// Classification by the backbone's own words; nil: by a classifier.
  public var prompt: PromptPlan?
  /// What of all that moves stays on each client: `head`, `norms`, or glob patterns of names.
  public var personal: [String]
  /// What is minimised beside the task's loss.
  public var objectives: [ObjectivePlan] = []
  /// Learning from many small tasks; nil: from the examples one by one.
  public var episodes: EpisodesPlan?
  /// With `head`: how the classifier is found.
  public var head: HeadPlan
  /// What moves is to be searched before anything can run; nil: it is what the rest says.
  public var auto: SearchPlan?

  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Only the classifier moves; the backbone is a fixed feature extractor.
    case head
    /// Everything moves, or what `trainable` and `lastBlocks` name, and always the classifier.
    case fineTune = "fine-tune"
    /// BitFit (Ben Zaken et al. 2022): the biases move, and the classifier.
    case bias
    /// The scales and shifts of the normalisations move, and the classifier.
    case norms
    /// Low-rank adapters beside frozen linear layers and convolutions move (Hu et al. 2021), and the classifier.
    case lora
    /// Vectors that multiply keys, values and feed-forward units move (Liu et al. 2022), and the classifier.
    case ia3
    /// Bottleneck adapters behind frozen layers move (Houlsby et al. 2019), and the classifier.
    case adapters
    /// A soft prompt in front of the words moves (Lester et al. 2021), and the classifier.
    case prompt
    /// Keys and values in front of every layer's move (Li & Liang 2021; P-tuning v2), and the classifier.
    case prefix
    /// Everything moves, and beside it a shift of every linear layer with a rate of its own, which stays on its client.
    case shift
  }

  /// What becomes of batch norms that lie in what moves.
  public enum BatchNormPolicy: String, Sendable, Codable, CaseIterable {
    /// They are trained, on each batch's statistics.
    case train
    /// They stay as the backbone brought them, statistics and all.
    case frozen
    /// They are trained, and once training is done their statistics are those of the target domain's examples
    /// (`data.target`): AdaBN.
    case adapt
  }

  public init(
    method: Method = .fineTune, trainable: [String] = [], lastBlocks: Int? = nil,
    unfreezeEvery: Int = 0, backboneRate: Double = 1, blockDecay: Double = 1,
    batchNorm: BatchNormPolicy = .train, rank: Int = 8, alpha: Double = 16,
    targets: [String] = [], personal: [String] = [], episodes: EpisodesPlan? = nil,
    head: HeadPlan = HeadPlan(), adapter: AdapterPlan = AdapterPlan(), prompt: PromptPlan? = nil
  ) {
    self.adapter = adapter
    self.prompt = prompt
    self.method = method
    self.trainable = trainable
    self.lastBlocks = lastBlocks
    self.unfreezeEvery = unfreezeEvery
    self.backboneRate = backboneRate
    self.blockDecay = blockDecay
    self.batchNorm = batchNorm
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
    self.personal = personal
    self.episodes = episodes
    self.head = head
  }
}
