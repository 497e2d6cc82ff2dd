import Testing
import TributaryCore
import TributaryCoordinator
import TributaryData
import TributaryPlan
import TributaryStorage
import TributaryTestKit
import TributaryWire
import TributaryWorker

@testable import TributarySimulation

@Suite struct SimulatedFederationTests {
  private let folder = TemporaryFolder()

  private static func plan(
    _ attack: AttackPlan?, seed: UInt64 = 11, strategy: String = "fedavg"
  ) -> RunPlan {
    RunPlan(
      name: "mean", seed: seed, backbone: BackbonePlan(architecture: "mean"),
      task: TaskPlan(kind: .textClassification, classes: 4), data: DataPlan(),
      federation: FederationPlan(
        strategy: StrategyPlan(kind: strategy), rounds: 3, clientsPerRound: 8),
      simulation: attack.map { SimulationPlan(attack: $0) })
  }

  private static func federation(
    _ plan: RunPlan, clients: Int = 12, buffers: Set<String> = []
  ) -> SimulatedFederation {
    SimulatedFederation(
      plan: plan,
      dataset: Dataset(
        examples: .text(TextExamples(texts: (0..<clients).map { "text \($0)" })),
        labels: (0..<clients).map { $0 % 4 }),
      shards: Dictionary(uniqueKeysWithValues: (0..<clients).map { (ClientID(index: $0), [$0]) }),
      buffers: buffers)
  }

  private static func task(_ client: ClientID, round: Int = 1, plan: RunPlan) -> TrainTask {
    TrainTask(
      runID: "r", round: round, client: client,
      model: ModelManifest(architecture: "mean", assets: [], tensors: []),
      globals: [TensorEntry(name: "mean", tensor: HostTensor([1, 2, 3], shape: [3]))],
      settings: "{}", key: plan.randomKey.at("client").at(client.name).at(round))
  }

  private static let blobs = MemoryBlobs(tensors: ["mean": HostTensor([1, 2, 3], shape: [3])])

  private func delta(_ federation: SimulatedFederation, _ task: TrainTask) throws -> [Float] {
    let trainer = try federation.trainer { _, _ in MeanTrainer() }
    return try trainer.train(task, blobs: Self.blobs, cancellation: Cancellation())
      .delta["mean"]?.floats() ?? []
  }

  @Test func attackersAreAShareDrawnFromTheSeed() {
    let attack = AttackPlan(kind: .scale, fraction: 0.25)
    let drawn = Self.federation(Self.plan(attack)).attackers
    #expect(drawn.count == 3)
    #expect(Self.federation(Self.plan(attack)).attackers == drawn)
    let others = (1...5).map { Self.federation(Self.plan(attack, seed: $0)).attackers }
    #expect(Set(others).count > 1)
    #expect(Self.federation(Self.plan(nil)).attackers.isEmpty)
    #expect(Self.federation(Self.plan(AttackPlan(kind: .scale, fraction: 1))).attackers.count == 12)
  }

  @Test func honestClientsStayHonest() throws {
    for kind in AttackPlan.Kind.allCases {
      let plan = Self.plan(AttackPlan(kind: kind))
      let federation = Self.federation(plan)
      for index in 0..<12 where !federation.attackers.contains(ClientID(index: index)) {
        let task = Self.task(ClientID(index: index), plan: plan)
        #expect(try delta(federation, task) == delta(Self.federation(Self.plan(nil)), task))
      }
    }
  }

  @Test(
    arguments: [
      (AttackPlan.Kind.signFlip, nil, -1), (.signFlip, 3, -3), (.scale, nil, 10),
      (.scale, 0.5, 0.5),
    ] as [(AttackPlan.Kind, Double?, Double)])
  func attackersScaleTheirUpdates(kind: AttackPlan.Kind, strength: Double?, factor: Double) throws {
    let plan = Self.plan(AttackPlan(kind: kind, strength: strength))
    let attacker = try #require(Self.federation(plan).attackers.min())
    let task = Self.task(attacker, plan: plan)
    let honest = try delta(Self.federation(Self.plan(nil)), task)
    #expect(
      try delta(Self.federation(plan), task) == honest.map { Float(factor * Double($0)) })
    // Buffers stay as they are.
    #expect(try delta(Self.federation(plan, buffers: ["mean"]), task) == honest)
  }

  @Test func noiseIsNormalAndDiffersByClientAndRound() throws {
    let plan = Self.plan(AttackPlan(kind: .noise, fraction: 0.5, strength: 2))
    let federation = Self.federation(plan)
    let attackers = federation.attackers.sorted()
    let found = try attackers.flatMap { client in
      try (1...200).flatMap { try delta(federation, Self.task(client, round: $0, plan: plan)) }
    }
    let mean = found.reduce(0.0) { $0 + Double($1) } / Double(found.count)
    let square = found.reduce(0.0) { $0 + Double($1 * $1) } / Double(found.count)
    #expect(abs(mean) < 0.1 && abs(square - 4) < 0.25)
    #expect(Set(found).count > found.count * 99 / 100)
    let task = Self.task(attackers[0], plan: plan)
    #expect(try delta(federation, task) == delta(Self.federation(plan), task))
  }

  @Test func colludersSendTheSame() throws {
    let plan = Self.plan(AttackPlan(kind: .innerProduct, fraction: 0.25, strength: 2))
    let federation = Self.federation(plan)
    let attackers = federation.attackers.sorted()
    let honest = try attackers.map {
      try delta(Self.federation(Self.plan(nil)), Self.task($0, plan: plan))
    }
    for attacker in attackers {
      let found = try delta(federation, Self.task(attacker, plan: plan))
      for index in 0..<3 {
        let mean = honest.reduce(0.0) { $0 + Double($1[index]) } / 3
        #expect(abs(Double(found[index]) + 2 * mean) < 1e-6)
      }
    }
  }

  @Test func aLittleIsTheMeanLessSomeDeviations() throws {
    let plan = Self.plan(AttackPlan(kind: .littleIsEnough, fraction: 0.25, strength: 1.5))
    let federation = Self.federation(plan)
    let attackers = federation.attackers.sorted()
    let honest = try attackers.map {
      try delta(Self.federation(Self.plan(nil)), Self.task($0, plan: plan))
    }
    let found = try delta(federation, Self.task(attackers[1], plan: plan))
    for index in 0..<3 {
      let values = honest.map { Double($0[index]) }
      let mean = values.reduce(0, +) / 3
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
      #expect(abs(Double(found[index]) - (mean - 1.5 * variance.squareRoot())) < 1e-6)
    }
  }

  @Test func labelsAreFlippedForAttackersOnly() throws {
    var seen: [[Int]?] = []
    _ = try Self.federation(Self.plan(AttackPlan(kind: .labelFlip))).trainer { examples, memory in
      #expect(memory == "clients")
      seen.append(examples.dataset.labels)
      return MeanTrainer()
    }
    let labels = (0..<12).map { $0 % 4 }
    #expect(seen == [labels, labels.map { 3 - $0 }])
  }

  @Test(arguments: AttackPlan.Kind.allCases)
  func threadsChangeNothing(kind: AttackPlan.Kind) async throws {
    let plan = Self.plan(AttackPlan(kind: kind, fraction: 0.4), strategy: "trimmed-mean")
    var digests: [Digest] = []
    for threads in [1, 4] {
      let pool = InProcessPool(
        clients: (0..<12).map {
          ClientInfo(
            client: ClientID(index: $0), worker: "simulation", exampleCount: 1, software: "test",
            processor: "test")
        },
        trainer: try Self.federation(plan).trainer { examples, _ in
          // Flipped labels show in what is learned.
          ShiftedTrainer(shift: Float(examples.dataset.labels?[1] ?? 0))
        }, threads: threads)
      digests.append(
        try await Coordinator(
          opening: .new, directory: folder("\(kind)-\(threads)"),
          inputs: CoordinatorInputs(
            plan: plan, globals: ["mean": HostTensor([0, 0, 0], shape: [3])],
            architecture: "mean", settings: "{}", expectedClients: 12),
          services: CoordinatorServices(
            pool: pool, writeModel: { tensors, _ in Digest(of: SafetensorsFile.encode(tensors)) })
        ).run().digest)
    }
    #expect(digests[0] == digests[1])
  }
}

/// Learns its clients' means, shifted.
struct ShiftedTrainer: TaskTrainer {
  private let base = MeanTrainer()
  let shift: Float

  init(shift: Float) { self.shift = shift }

  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    var update = try base.train(task, blobs: blobs, cancellation: cancellation)
    update.delta = try update.delta.mapValues { tensor in
      HostTensor(try tensor.floats().map { $0 + shift }, shape: tensor.shape)
    }
    return update
  }
}
