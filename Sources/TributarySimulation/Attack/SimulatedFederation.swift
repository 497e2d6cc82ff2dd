public import TributaryCore
public import TributaryData
public import TributaryPlan
public import TributaryWorker

/// The clients of a simulated run: their data, and which of them are hostile.
public struct SimulatedFederation: Sendable {
  private let plan: RunPlan
  private let dataset: Dataset
  private let shards: [ClientID: [Int]]
  private let buffers: Set<String>
  private let target: FederatedTarget?

  /// - Parameters:
  ///   - shards: which examples of `dataset` each client has.
  ///   - buffers: the moving tensors that are no parameters.
  public init(
    plan: RunPlan, dataset: Dataset, shards: [ClientID: [Int]], buffers: Set<String>,
    target: FederatedTarget? = nil
  ) {
    self.plan = plan
    self.dataset = dataset
    self.shards = shards
    self.buffers = buffers
    self.target = target
  }

  /// The hostile clients: as many as `simulation.attack.fraction` says, drawn from the run's seed.
  public var attackers: Set<ClientID> {
    guard let attack = plan.simulation?.attack else { return [] }
    let clients = shards.keys.sorted()
    let count = Int((attack.fraction * Double(clients.count)).rounded())
    let order = plan.randomKey.at("attackers").permutation(of: clients.count)
    return Set(order.prefix(count).map { clients[$0] })
  }

  /// Trains honestly with some examples; `memory` names the folder of what strategies let clients remember.
  public typealias Making =
    (_ examples: ClientExamples, _ memory: String) throws -> any TaskTrainer

  /// What does the clients' tasks.
  ///
  /// - Parameter make: called once for all that have the same examples and memory.
  /// - Throws: `data.kind`, `data.label` where labels are to be flipped that are not there.
  public func trainer(_ make: Making) throws -> any TaskTrainer {
    let honest = try make(examples(dataset), Self.memory)
    guard let attack = plan.simulation?.attack else { return honest }
    return HostileClients(
      attackers: attackers, honest: honest,
      hostile: try hostile(attack, honest: honest, make))
  }

  private static let memory = "clients"

  private func hostile(
    _ attack: AttackPlan, honest: any TaskTrainer, _ make: Making
  ) throws -> any TaskTrainer {
    func forger(_ forgery: any UpdateForgery) -> ForgingTrainer {
      ForgingTrainer(honest: honest, forgery: forgery, buffers: buffers)
    }
    switch attack.kind {
    case .labelFlip: return try make(flipped, Self.memory)
    case .signFlip: return forger(ScaledUpdate(factor: -(attack.strength ?? 1)))
    case .scale: return forger(ScaledUpdate(factor: attack.strength ?? 10))
    case .noise: return forger(GaussianUpdate(deviation: attack.strength ?? 1, key: attackKey))
    case .innerProduct:
      return forger(try colluding(make, mean: -(attack.strength ?? 1), deviation: 0))
    case .littleIsEnough:
      return forger(try colluding(make, mean: 1, deviation: -(attack.strength ?? littleDeviation)))
    }
  }

  private func examples(_ dataset: Dataset) -> ClientExamples {
    ClientExamples(
      dataset, shards: shards, target: target?.dataset,
      targetShards: Dictionary(
        (target?.clients ?? []).map { ($0.client, $0.indices) }, uniquingKeysWith: { $1 }))
  }

  private var attackKey: RandomKey { plan.randomKey.at("attack") }

  private func colluding(
    _ make: Making, mean: Double, deviation: Double
  ) throws -> CollusiveUpdate {
    let trainer = try make(examples(dataset), "colluders")
    return CollusiveUpdate(
      circle: AttackerCircle(attackers, trainer: trainer, key: plan.randomKey, buffers: buffers),
      meanFactor: mean, deviationFactor: deviation)
  }

  /// The paper's, for a round of the usual size with the usual share of attackers.
  private var littleDeviation: Double {
    let clients = plan.federation.clientsPerRound ?? shards.count
    let share = Double(attackers.count) / Double(max(1, shards.count))
    return LittleIsEnough.deviations(
      clients: clients, attackers: Int((share * Double(clients)).rounded()))
  }

  /// The same examples with labels `classes - 1 - y`; they share the pixels.
  private var flipped: ClientExamples {
    get throws {
      let labels = try dataset.requireLabels(within: plan.task)
      return examples(
        Dataset(
          examples: dataset.examples, labels: labels.map { plan.task.classes - 1 - $0 },
          classNames: dataset.classNames))
    }
  }
}
