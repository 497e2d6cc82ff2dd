import Testing
import TributaryPlan

/// What is wrong in run.yaml is said with file, line, key and the nearest valid key or word.
@Suite struct RunPlanReaderErrorTests {
  @Test(arguments: [
    // Unknown keys.
    ("local: {optimizr: {}}", "local.optimizr: unknown key; did you mean \"optimizer\"?"),
    ("local: {batch_size: 3}", "local.batch_size: unknown key; did you mean \"batchSize\"?"),
    ("optimizer: {kind: sgd}", "optimizer: unknown key; did you mean \"local.optimizer\"?"),
    ("epochs: 3", "epochs: unknown key; did you mean \"local.epochs\"?"),
    (
      "transfer: {zzzzzzzzzz: 3}",
      "transfer.zzzzzzzzzz: unknown key; known here: method, trainable, lastBlocks, unfreezeEvery, "
        + "backboneRate, blockDecay, batchNorm, personal, objectives, head, rank, alpha, targets, "
        + "adapter, prompt, auto, episodes"
    ),
    (
      "federation: {strategy: {knd: fedavg}}",
      "federation.strategy.knd: unknown key; did you mean \"kind\"?"
    ),
    // Wrong types.
    ("local: {epochs: two}", "local.epochs: expected a whole number, found \"two\""),
    ("local: {epochs: \"2\"}", "local.epochs: expected a whole number, found the text \"2\""),
    ("local: {epochs: 1.5}", "local.epochs: expected a whole number, found \"1.5\""),
    ("local: {epochs: [1]}", "local.epochs: expected a whole number, found a list"),
    ("local: {epochs: }", "local.epochs: has no value; expected a whole number"),
    (
      "local: 3",
      "local: expected a section with epochs, batchSize, accumulate, activationCheckpointing, groupByLength, precision, optimizer, proximal, schedule, threads, found \"3\""
    ),
    (
      "local: {optimizer: {nesterov: yes}}",
      "local.optimizer.nesterov: expected true or false, found \"yes\""
    ),
    ("seed: -1", "seed: expected a whole number from 0 to 18446744073709551615, found \"-1\""),
    ("transfer: {trainable: a}", "transfer.trainable: expected a list of patterns, found \"a\""),
    (
      "federation: {strategy: {stepSize: big}}",
      "federation.strategy.stepSize: expected a number, found \"big\""
    ),
    (
      "federation: {strategy: {kind: fed avg}}",
      "federation.strategy.kind: expected a name of letters, digits, '-', '_' and '.', "
        + "found \"fed avg\""
    ),
    // Words.
    (
      "transfer: {method: finetune}",
      "transfer.method: \"finetune\" is none of head, fine-tune, bias, norms, lora, ia3, adapters, prompt, prefix, shift; did you mean \"fine-tune\"?"
    ),
    (
      "data: {format: parquet}",
      "data.format: \"parquet\" is none of idx, cifar10, image-folder, tsv, csv, jsonl, wav, txt, graph"
    ),
    // Settings that would pass over each other.
    (
      "transfer: {objectives: [{kind: uncertainty}, {kind: gradnorm}]}",
      "transfer.objectives: has uncertainty and gradnorm, which both weigh the heads' losses"
    ),
    (
      "data: {augment: [{kind: mixup}]}\ntransfer: {objectives: [{kind: gradnorm}]}",
      "data.augment: has mixup, whose second classes gradnorm does not see"
    ),
    // Impossible values.
    ("federation: {rounds: 0}", "federation.rounds: must be >= 1 and <= 1000000, is 0"),
    (
      "local: {optimizer: {learningRate: 0}}",
      "local.optimizer.learningRate: must be > 0, is 0.0"
    ),
    (
      "local: {optimizer: {learningRate: .inf}}",
      "local.optimizer.learningRate: expected a number, found \".inf\""
    ),
    (
      "local: {optimizer: {momentum: 1}}",
      "local.optimizer.momentum: must be >= 0 and < 1, is 1.0"
    ),
    (
      "data: {partition: {alpha: {a: 1}, clients: 2}}",
      "data.partition.alpha: expected a number, true, false, a word or a list, found a section"
    ),
    (
      "data: {featureShift: {noise: 2}}", "data.featureShift.noise: must be >= 0 and <= 1, is 2.0"
    ),
    (
      "data: {featureShift: {blur: 2}}",
      "data.featureShift.blur: unknown key; known here: rotation, brightness, contrast, noise"
    ),
    (
      "data: {partition: {minimumExamples: 9223372036854775807, clients: 2}}",
      "data.partition.minimumExamples: must be >= 1 and <= 1000000000, is 9223372036854775807"
    ),
    (
      "data: {image: {size: [3]}}",
      "data.image.size: expected a number of pixels or [height, width], found a list"
    ),
    ("data: {labels: [1, 1]}", "data.labels: has 1 twice"),
    // Between keys.
    ("data: {labels: [1, 2]}", "data.labels: keeps 2 labels, but task.classes is 10"),
    (
      "federation: {availability: {kind: trace}}",
      "federation.availability.path: is needed for the kind trace"
    ),
    (
      "federation: {availability: {path: a.csv}}",
      "federation.availability.path: is for the kind trace"
    ),
    (
      "federation: {availability: {kind: periodic, share: 0}}",
      "federation.availability.share: must be > 0 and <= 1, is 0.0"
    ),
    (
      "evaluation: {clients: all}",
      "evaluation.clients: can be all only with data.holdout above 0: clients measure with examples held out"
    ),
    (
      "evaluation: {matrix: true}",
      "evaluation.matrix: needs data.holdout above 0: clients measure with examples held out"
    ),
    (
      "data: {format: tsv}",
      "data.format: tsv is for text-classification, but task.kind is image-classification"
    ),
    (
      "data: {image: {mean: [0.5]}}",
      "data.image.mean: needs data.image.standardDeviation beside it"
    ),
    (
      "data: {image: {mean: [0.5], standardDeviation: [1, 1, 1]}}",
      "data.image.standardDeviation: has 3 channels, but data.image.mean has 1"
    ),
    (
      "local: {optimizer: {kind: adamw, momentum: 0.9}}",
      "local.optimizer.momentum: is for sgd; adamw has beta1 and beta2"
    ),
    (
      "local: {optimizer: {nesterov: true}}",
      "local.optimizer.nesterov: needs local.optimizer.momentum above 0"
    ),
    (
      "federation: {clientsPerRound: 2, minimumClients: 3}",
      "federation.minimumClients: is 3, but federation.clientsPerRound is 2"
    ),
    (
      "transfer: {method: head, trainable: [a]}",
      "transfer.trainable: is for the method fine-tune; with head other tensors move"
    ),
    (
      "transfer: {method: prompt}",
      "transfer.method: prompt is for task.kind text-classification: virtual tokens stand in front of words"
    ),
    (
      "transfer: {method: bias, targets: [query]}",
      "transfer.targets: names layers for lora, ia3 and adapters; with bias nothing stands beside layers"
    ),
    (
      "transfer: {adapter: {from: there}}",
      "transfer.adapter.from: is for methods that add something to the backbone; fine-tune does not"
    ),
    (
      "transfer: {method: adapters, adapter: {placement: both}}",
      "transfer.adapter.placement: \"both\" is none of houlsby, pfeiffer"
    ),
    (
      "transfer: {head: {kind: ridge}}",
      "transfer.head.kind: ridge is for the method head: the backbone has to stand still"
    ),
    (
      "transfer: {method: head, head: {components: 3}}",
      "transfer.head: has components and select for ridge, lda and prototype alone"
    ),
    (
      "transfer: {method: head, head: {kind: lda, shrinkage: 2}}",
      "transfer.head.shrinkage: must be >= 0 and <= 1, is 2.0"
    ),
    (
      "transfer: {method: head, personal: [head], head: {kind: lda}}",
      "transfer.personal: leaves nothing to solve from all clients' sums"
    ),
    (
      "simulation: {attack: {kind: label-flip, strength: 2}}",
      "simulation.attack.strength: is not for label-flip: a label is flipped or it is not"
    ),
    (
      "simulation: {attack: {fraction: 0.1}}",
      "simulation.attack.kind: missing; expected label-flip | sign-flip | scale | noise | "
        + "little-is-enough | inner-product: what hostile clients do; only simulate has any"
    ),
  ])
  func oneProblem(_ addition: String, _ expected: String) {
    #expect(problems(smallPlan + "\n" + addition) == ["run.yaml:4: " + expected])
  }

  @Test func aHeadInClosedFormIsSolvedInOneRoundOfAll() throws {
    let head = smallPlan + "\ntransfer: {method: head, head: {kind: lda}}"
    #expect(try RunPlanReader.read(yaml: head, file: "run.yaml").federation.rounds == 1)
    #expect(
      problems(head + "\nfederation: {rounds: 3, strategy: {kind: fedadam}, clientsPerRound: 2}")
        == [
          "run.yaml:5: federation.rounds: is 3, but a lda head is solved in one",
          "run.yaml:5: federation.clientsPerRound: leaves clients out of the one round of a lda head",
          "run.yaml:5: federation.strategy: is for training; a lda head is solved from all clients' sums",
        ])
  }

  @Test func allProblemsAreReportedInTheOrderOfTheFile() {
    let lines = problems(
      """
      name: many
      task:
        kind: image-clasification
      data:
        partition:
          clients: 4
      local:
        epochs: 0
        optimizr: {}
      federation:
        clientsPerRound: 5
      """)
    #expect(
      lines == [
        "run.yaml:1: backbone: needs path (a pretrained model) or architecture (a new one)",
        "run.yaml:2: task.classes: missing; expected whole number >= 2, or list of names: "
          + "number of classes, or list of their names",
        "run.yaml:3: task.kind: \"image-clasification\" is none of image-classification, "
          + "text-classification, audio-classification, language-model, node-classification; "
          + "did you mean \"image-classification\"?",
        "run.yaml:8: local.epochs: must be >= 1 and <= 100000, is 0",
        "run.yaml:9: local.optimizr: unknown key; did you mean \"optimizer\"?",
        "run.yaml:11: federation.clientsPerRound: is 5, but data.partition.clients is 4",
      ])
  }

  @Test func repeatedKeysAreNamedByPath() {
    let lines = problems(
      """
      name: twice
      backbone: {architecture: mlp}
      task: {kind: image-classification, classes: 10, "kind": image-classification}
      local:
        epochs: 1
        batchSize: 3
        epochs: 2
      name: again
      """)
    #expect(
      lines == [
        "run.yaml:1: name: this key is there twice; keep one",
        "run.yaml:3: task.kind: this key is there twice; keep one",
        "run.yaml:5: local.epochs: this key is there twice; keep one",
      ])
  }

  @Test func anEmptyFileLacksWhatIsRequired() {
    let lines = problems("")
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.hasPrefix("run.yaml:1: ") })
    #expect(lines.first?.contains("name: missing") == true)
  }

  @Test(arguments: [
    ("name: [", "not valid YAML"), ("a: 1\n b: 2", "run.yaml:2: not valid YAML"),
    ("- a\n- b", "run.yaml:1: expected keys"), ("? [a]\n: b", "a key must be a word"),
    ("a: 1\n---\nb: 2", "run.yaml:"), ("x: *nowhere", "run.yaml:1: not valid YAML"),
  ])
  func textThatIsNoPlan(_ yaml: String, _ expected: String) {
    let lines = problems(yaml)
    #expect(lines.first?.contains(expected) == true, "\(lines)")
  }

  @Test func aliasesThatUnfoldForeverAreRefused() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(list)]\n"
    }
    #expect(problems(yaml).first?.contains("more than 100000 values") == true)
  }
}
