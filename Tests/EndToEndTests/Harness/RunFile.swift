/// The run file of a small federation on synthetic images.
struct RunFile {
  var backbone = "{architecture: cifar-resnet8}"
  var classes = SyntheticImages.classes
  var method = "fine-tune"
  /// More keys of `transfer`, each behind a comma.
  var transfer = ""
  var epochs = 1
  var rounds = 3
  var clientsPerRound: Int?
  var minimumClients = 4
  var joinWindowSeconds = 60
  var strategy = "fedavg"
  var momentum = 0.9
  var partition = "{kind: dirichlet, alpha: 1.0, clients: 4, minimumExamples: 20}"
  var featureShift = "{}"
  var holdout = 0.0
  var augment = "[]"
  var personalizeEpochs = 0
  /// More keys of `federation.personalize`, each behind a comma.
  var personalize = ""
  var evaluation = "{}"
  /// What a coordinator may look at.
  var publicData: String?

  /// A federation whose rounds take long enough to be interrupted.
  static let slow = RunFile(epochs: 8)

  var yaml: String {
    """
    name: end-to-end
    seed: 5
    backbone: \(backbone)
    task: {kind: image-classification, classes: \(classes)}
    data:
      train: data/train-images-idx3-ubyte
      test: data/t10k-images-idx3-ubyte
      partition: \(partition)
      featureShift: \(featureShift)
      holdout: \(holdout)
      augment: \(augment)\(publicData.map { "\n  public: \($0)" } ?? "")
    transfer: {method: \(method)\(transfer)}
    local:
      epochs: \(epochs)
      batchSize: 16
      optimizer: {kind: sgd, learningRate: 0.05, momentum: \(momentum), weightDecay: 0.0005}
    federation:
      strategy: {kind: \(strategy)}
      rounds: \(rounds)
      minimumClients: \(minimumClients)
      joinWindowSeconds: \(joinWindowSeconds)
      personalize: {epochs: \(personalizeEpochs)\(personalize)}
    \(clientsPerRound.map { "  clientsPerRound: \($0)" } ?? "")
    evaluation: \(evaluation)
    """
  }
}
