import TributaryCore
import TributaryPlan

/// Every key that the documentation names.
let fullPlan = """
  name: everything
  seed: 18446744073709551615
  backbone: {path: models/minilm, architecture: bert, head: new, pooling: mean}
  task:
    kind: text-classification
    classes: [World, Sports, "Business", Sci/Tech]
  data:
    train: ../data/train.tsv
    test: /data/test.tsv
    format: tsv
    labels: [3, 1, 0, 2]
    trainLimit: 100
    testLimit: 50
    partition: {kind: dirichlet, alpha: 5e-1, clients: 8, minimumExamples: 4, path: ids, more: [a, true, "1"]}
    image: {size: [32, 48], mean: [0.5, 0.25, 1], standardDeviation: [1, 2, 0.5]}
    text: {maximumTokens: 64, labelColumn: 1, textColumns: [2, 3]}
  transfer: {method: fine-tune, trainable: ["encoder.layer.5.*", "pooler.*"]}
  local:
    epochs: 2
    batchSize: 16
    optimizer:
      kind: adamw
      learningRate: 1e-4
      weightDecay: 0.01
      beta1: 0.8
      beta2: 0.95
      epsilon: 1e-6
    schedule: {kind: cosine, warmup: 0.1}
    threads: 2
  federation:
    strategy: {kind: reptile, stepSize: 0.5}
    rounds: 7
    clientsPerRound: 4
    minimumClients: 2
    joinWindowSeconds: 5.5
    deadlineSeconds: 30
  evaluation: {every: 2, batchSize: 128}
  simulation: {attack: {kind: little-is-enough, fraction: 0.25, strength: 1.5}}
  """

let smallPlan = """
  name: small
  backbone: {architecture: mlp}
  task: {kind: image-classification, classes: 10}
  """

/// The lines of the error that reading `yaml` throws; empty where it throws none.
func problems(
  _ yaml: String, overrides: [String] = [], environment: [String: String] = [:]
) -> [String] {
  do {
    _ = try RunPlanReader.read(
      yaml: yaml, file: "run.yaml", overrides: overrides, environment: environment)
    return []
  } catch let error as TributaryError {
    return error.message.split(separator: "\n").map(String.init)
  } catch {
    return ["not a TributaryError: \(error)"]
  }
}
