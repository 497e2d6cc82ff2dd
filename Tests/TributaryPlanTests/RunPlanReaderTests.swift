import Foundation
import Testing
import TributaryCore
import TributaryPlan

@Suite struct RunPlanReaderTests {
  @Test func readsEveryKey() throws {
    let plan = try RunPlanReader.read(yaml: fullPlan, file: "runs/run.yaml")
    #expect(plan.name == "everything")
    #expect(plan.seed == .max)
    #expect(
      plan.backbone
        == BackbonePlan(
          path: "runs/models/minilm", architecture: "bert", head: .new, pooling: .mean))
    #expect(
      plan.task
        == TaskPlan(
          kind: .textClassification, classes: 4,
          classNames: ["World", "Sports", "Business", "Sci/Tech"]))
    #expect(plan.data.train == "runs/../data/train.tsv")
    #expect(plan.data.test == "/data/test.tsv")
    #expect(plan.data.format == .tsv)
    #expect(plan.data.labels == [3, 1, 0, 2])
    #expect(plan.data.trainLimit == 100)
    #expect(plan.data.testLimit == 50)
    #expect(
      plan.data.partition
        == PartitionPlan(
          kind: "dirichlet", clients: 8, minimumExamples: 4, path: "runs/ids",
          settings: ["alpha": 0.5, "more": ["a", true, "1"]]))
    #expect(
      plan.data.image
        == ImagePlan(size: [32, 48], mean: [0.5, 0.25, 1], standardDeviation: [1, 2, 0.5]))
    #expect(plan.data.text == TextPlan(maximumTokens: 64, labelColumn: 1, textColumns: [2, 3]))
    #expect(plan.transfer.trainable == ["encoder.layer.5.*", "pooler.*"])
    #expect(
      plan.local
        == LocalPlan(
          epochs: 2, batchSize: 16,
          optimizer: OptimizerPlan(
            kind: .adamw, learningRate: 1e-4, weightDecay: 0.01, beta1: 0.8, beta2: 0.95,
            epsilon: 1e-6),
          schedule: SchedulePlan(kind: .cosine, warmup: 0.1), threads: 2))
    #expect(
      plan.federation
        == FederationPlan(
          strategy: StrategyPlan(kind: "reptile", options: ["stepSize": 0.5]), rounds: 7,
          clientsPerRound: 4, minimumClients: 2, joinWindowSeconds: 5.5, deadlineSeconds: 30))
    #expect(plan.evaluation == EvaluationPlan(every: 2, batchSize: 128))
    #expect(
      plan.simulation
        == SimulationPlan(
          attack: AttackPlan(kind: .littleIsEnough, fraction: 0.25, strength: 1.5)))
  }

  @Test func absentKeysHaveTheirDefaults() throws {
    let plan = try RunPlanReader.read(yaml: smallPlan, file: "run.yaml")
    #expect(
      plan
        == RunPlan(
          name: "small", backbone: BackbonePlan(architecture: "mlp"),
          task: TaskPlan(kind: .imageClassification, classes: 10), data: DataPlan()))
    #expect(plan.data.partition == nil)
    #expect(plan.simulation == nil)
  }

  @Test func emptySectionsAndNullsMeanNothing() throws {
    let plan = try RunPlanReader.read(
      yaml: smallPlan + "\ndata:\nlocal: {}\nfederation: {deadlineSeconds: null}\n",
      file: "run.yaml")
    #expect(plan.data == DataPlan())
    #expect(plan.federation.deadlineSeconds == nil)
  }

  @Test func oneNumberIsASquareImage() throws {
    let plan = try RunPlanReader.read(
      yaml: smallPlan + "\ndata: {image: {size: 96}}", file: "run.yaml")
    #expect(plan.data.image.size == [96, 96])
  }

  @Test func pathsExpandVariablesAndHome() throws {
    let plan = try RunPlanReader.read(
      yaml: smallPlan + "\ndata: {train: \"${DATA}/a${N}.bin\", test: ~/t.bin}", file: "x/run.yaml",
      environment: ["DATA": "/d", "N": "1", "HOME": "/home/me"])
    #expect(plan.data.train == "/d/a1.bin")
    #expect(plan.data.test == "/home/me/t.bin")
    #expect(
      problems(smallPlan + "\ndata: {train: \"${NOPE}/a\"}")
        == ["run.yaml:4: data.train: the environment variable NOPE is not set"])
  }

  @Test func aModelOfAHubIsNoPath() throws {
    let plan = try RunPlanReader.read(
      yaml: smallPlan, file: "x/run.yaml", overrides: ["backbone.path=hub:team/model@v1"])
    #expect(plan.backbone.path == "hub:team/model@v1")
    let written = try RunPlanReader.read(
      yaml: fullPlan.replacing("path: models/minilm", with: "path: \"hub:team/model\""),
      file: "runs/run.yaml")
    #expect(written.backbone.path == "hub:team/model")
  }

  @Test func overridesReplaceAddAndAreNamedInErrors() throws {
    let plan = try RunPlanReader.read(
      yaml: fullPlan, file: "runs/run.yaml",
      overrides: [
        "local.epochs=5", "task.classes=[a, b, c, d]", "federation.strategy.stepSize=0.25",
        "data.test=here.tsv",
      ])
    #expect(plan.local.epochs == 5)
    #expect(plan.task.classNames == ["a", "b", "c", "d"])
    #expect(plan.federation.strategy.options == ["stepSize": 0.25])
    #expect(plan.data.test == "here.tsv", "relative to the current folder")
    let fresh = try RunPlanReader.read(
      yaml: smallPlan, file: "run.yaml", overrides: ["data.partition.clients=3"])
    #expect(fresh.data.partition == PartitionPlan(clients: 3))
    #expect(
      problems(smallPlan, overrides: ["local.epocs=2"])
        == ["--set local.epocs=2: local.epocs: unknown key; did you mean \"epochs\"?"])
    #expect(
      problems(smallPlan, overrides: ["local.epochs=0"])
        == ["--set local.epochs=0: local.epochs: must be >= 1 and <= 100000, is 0"])
    #expect(
      problems(smallPlan, overrides: ["local.epochs"])
        == ["--set local.epochs: expected KEY=VALUE, as local.epochs=2"])
    #expect(
      problems(smallPlan, overrides: ["local.epochs="])
        == ["--set local.epochs=: local.epochs: has no value; expected a whole number"])
  }

  @Test func aFileThatIsNotThereIsSaidInOneLine() {
    #expect(throws: TributaryError.self) { try RunPlanReader.read(path: "/nowhere/run.yaml") }
    #expect(throws: TributaryError.self) { try RunPlanReader.read(path: "/") }
  }

  @Test func readsFromAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "plan-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "run.yaml")
    try Data((smallPlan + "\ndata: {train: a.bin}").utf8).write(to: file)
    let plan = try RunPlanReader.read(path: file.path)
    #expect(plan.data.train == folder.path + "/a.bin")
    try Data([0x6e, 0xff, 0xfe]).write(to: file)
    #expect(throws: TributaryError.self) { try RunPlanReader.read(path: file.path) }
  }

  @Test func helpNamesEveryKey() {
    let help = RunPlanReader.schemaHelp
    for key in [
      "name", "seed", "backbone.path", "task.classes", "data.partition.path",
      "local.optimizer.learningRate", "federation.clientsPerRound", "evaluation.every",
    ] { #expect(help.contains(key)) }
    #expect(help.contains("local.epochs  (whole number >= 1 and <= 100000; default 1)"))
    #expect(
      help.contains(
        "task.kind  (image-classification | text-classification | audio-classification | language-model"
          + " | node-classification; required)"))
  }
}
