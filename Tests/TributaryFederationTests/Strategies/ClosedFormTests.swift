import Testing
import TributaryCore
import TributaryFeatures
import TributaryFederation
import TributaryPlan
import TributaryTensor

/// A head that is solved from clients' sums is that of the pooled examples.
@Suite struct ClosedFormTests {
  private static let (classes, width) = (3, 6)
  private let globals: ParameterTree<HostTensor> = [
    "fc.bias": HostTensor([Float](repeating: 0, count: classes), shape: [classes]),
    "fc.weight": HostTensor(
      [Float](repeating: 0.5, count: classes * width), shape: [classes, width]),
  ]

  /// `count` examples, whose class moves one of their features.
  private func examples(_ count: Int, client: Int) -> (features: Matrix, labels: [Int]) {
    var generator = RandomKey(seed: 3).at("client").at(client).generator
    // The last client knows two classes alone.
    let labels = (0..<count).map { _ in generator.below(client == 2 ? 2 : Self.classes) }
    let values = labels.flatMap { label in
      (0..<Self.width).map { column in
        Double(generator.below(1000)) / 500 + (column == label ? 1.5 : 0)
      }
    }
    return (Matrix(values, rows: count, columns: Self.width), labels)
  }

  private func round(_ plan: HeadPlan, order: [Int]) throws -> ServerStepOutput {
    let strategy = ClosedForm(plan)
    let carried = try strategy.carried(with: globals, buffers: [])
    var accumulator = try ExactAccumulator(like: globals.merging(carried))
    var contributions: [Contribution] = []
    for client in order {
      let (features, labels) = examples(20 + 13 * client, client: client)
      let statistics = FeatureStatistics(
        features: features, labels: labels, classes: Self.classes)
      let zero = globals.mapValues { tensor in
        HostTensor([Float](repeating: 0, count: tensor.shape.elementCount), shape: tensor.shape)
      }
      let contribution = Contribution(
        client: ClientID(index: client), round: 1, exampleCount: labels.count)
      try accumulator.fold(
        zero.merging(statistics.tensors(products: ClosedFormHead.needsProducts(plan))),
        weight: strategy.weight(of: contribution))
      contributions.append(contribution)
    }
    return try strategy.step(
      ServerStepInput(
        globals: globals.merging(carried), mean: accumulator.mean(), round: 1, rounds: 1,
        contributions: contributions.sorted { $0.client < $1.client },
        population: order.count))
  }

  private func pooled(_ plan: HeadPlan) throws -> LinearHead {
    let parts = (0..<3).map { examples(20 + 13 * $0, client: $0) }
    let features = parts.dropFirst().reduce(parts[0].features) { $0.stacked(on: $1.features) }
    return try ClosedFormHead.solve(
      FeatureStatistics(
        features: features, labels: parts.flatMap(\.labels), classes: Self.classes), plan)
  }

  static let plans = [
    HeadPlan(kind: .ridge), HeadPlan(kind: .ridge, l2: 0.01), HeadPlan(kind: .lda),
    HeadPlan(kind: .lda, shrinkage: 0), HeadPlan(kind: .prototype),
    HeadPlan(kind: .lda, components: 4), HeadPlan(kind: .ridge, select: 3),
    HeadPlan(kind: .ridge, select: 3, selectBy: .l1), HeadPlan(kind: .prototype, components: 2),
  ]

  @Test(arguments: plans)
  func isThePooledSolution(plan: HeadPlan) throws {
    let output = try round(plan, order: [0, 1, 2])
    let expected = try pooled(plan)
    for (name, values) in [
      ("fc.weight", expected.weight.values), ("fc.bias", expected.bias),
    ] {
      let found = try #require(output.globals[name]).floats()
      for (a, b) in zip(found, values) {
        #expect(abs(Double(a) - b) < 1e-5, "\(plan.kind) \(name): \(a), pooled \(b)")
      }
    }
  }

  @Test(arguments: plans)
  func orderChangesNoBit(plan: HeadPlan) throws {
    let expected = try round(plan, order: [0, 1, 2])
    for order in [[2, 1, 0], [1, 2, 0]] {
      #expect(try round(plan, order: order) == expected)
    }
  }

  /// The sums are of one round: what travels next is empty again.
  @Test func carriedTensorsStayEmpty() throws {
    let output = try round(HeadPlan(kind: .ridge), order: [0, 1, 2])
    for (name, tensor) in output.globals where name.hasPrefix("@") {
      #expect(tensor.bytes.array(of: Int64.self).allSatisfy { $0 == 0 }, "\(name)")
    }
  }

  @Test func prototypesTravelWithoutProducts() throws {
    let strategy = ClosedForm(HeadPlan(kind: .prototype))
    #expect(
      try strategy.carried(with: globals, buffers: []).names == [
        "@features/counts", "@features/sums",
      ])
  }

  @Test func aRunsHeadChoosesTheStrategy() throws {
    var plan = RunPlan(
      name: "run", backbone: BackbonePlan(architecture: "fedavg-2nn"),
      task: TaskPlan(kind: .imageClassification, classes: 3), data: DataPlan())
    #expect(try StrategyRegistry.make(plan) is FedAvg)
    plan.transfer = TransferPlan(method: .head, head: HeadPlan(kind: .lda))
    #expect(try StrategyRegistry.make(plan) is ClosedForm)
    plan.transfer.head.kind = .logistic
    #expect(throws: TributaryError.self) { try StrategyRegistry.make(plan) }
  }

  @Test func featuresWithoutEndAreRefused() throws {
    let wide: ParameterTree<HostTensor> = [
      "fc.bias": HostTensor([0], shape: [1]),
      "fc.weight": HostTensor([Float](repeating: 0, count: 8193), shape: [1, 8193]),
    ]
    let error = #expect(throws: TributaryError.self) {
      try ClosedForm(HeadPlan(kind: .ridge)).carried(with: wide, buffers: [])
    }
    #expect(error?.code == "features.width")
  }

  @Test func moreThanOneLayerIsRefused() throws {
    let more = globals.merging(["fc2.weight": HostTensor([0], shape: [1, 1])])
    #expect(throws: TributaryError.self) {
      try ClosedForm(HeadPlan(kind: .ridge)).carried(with: more, buffers: [])
    }
  }
}
