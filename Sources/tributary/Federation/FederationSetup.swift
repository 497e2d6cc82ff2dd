import ArgumentParser
import Foundation
import Logging
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryFederation
import TributaryModels
import TributaryPlan
import TributaryTransfer
import TributaryWorker

/// What simulation and cluster have in common: the prepared run, and a coordinator over any pool.
struct FederationSetup: Sendable {
  /// With what the strategy asks of the clients.
  let prepared: PreparedRun
  /// As it was written: the run's name and digest are this plan's.
  private let plan: RunPlan
  private let evaluator: GlobalModelEvaluator?
  private let distiller: GlobalModelDistiller?

  /// - Parameter train: the training data where this process has it; a coordinator does not.
  init(_ plan: RunPlan, train: Dataset? = nil) throws {
    guard plan.data.validation == nil else {
      throw TributaryError(
        "data.validation", "data.validation is for tributary finetune",
        advice: "clients of a federation hold out some of their own: data.holdout: 0.2")
    }
    self.plan = plan
    var plan = plan
    let strategy = try StrategyRegistry.make(plan)
    guard strategy.fusion != nil || plan.data.public == nil else {
      throw TributaryError(
        "data.public", "data.public is what feddf learns from; \(type(of: strategy).kind) does not",
        advice: "leave it out, or set federation.strategy.kind to feddf")
    }
    plan.local = try strategy.training(plan.local)
    plan.transfer = strategy.transfer(plan.transfer)
    let test = plan.data.hasTest ? try DatasetReader.test(plan) : nil
    prepared = try PreparedRun(plan, example: train ?? test)
    distiller = try strategy.fusion.flatMap { [prepared] _ in
      try DatasetReader.publicExamples(plan).map {
        GlobalModelDistiller(
          try EnsembleDistillation(prepared, on: $0), key: plan.randomKey.at("fusion"))
      }
    }
    let classes =
      prepared.loaded.configuration.classNames ?? (0..<plan.task.classes).map(String.init)
    evaluator = try test.map { [prepared] in
      GlobalModelEvaluator(try TestEvaluator(prepared, test: $0), classes: classes)
    }
  }

  /// - Parameters:
  ///   - output: nil shows nothing.
  ///   - atEnd: what is to be done before the result is written.
  func coordinator(
    opening: Coordinator.Opening, directory: String, pool: any ClientPool, logger: Logger,
    output: FederationOutput?, atEnd: (@Sendable () throws -> Void)? = nil
  ) throws -> Coordinator {
    let (shared, fixed) = prepared.initial
    let assets = prepared.loaded.assets
    return try Coordinator(
      opening: opening, directory: directory,
      inputs: CoordinatorInputs(
        plan: plan, globals: shared.merging(prepared.moments),
        buffers: prepared.freeze.buffers.union(prepared.moments.names),
        frozen: fixed.merging(prepared.references.tensors),
        architecture: prepared.loaded.model.architecture,
        assets: assets.merging(prepared.references.assets) { $1 },
        settings: try prepared.settings.json,
        expectedClients: prepared.plan.data.partition?.clients.map {
          $0 + prepared.plan.data.targetClients
        }),
      services: CoordinatorServices(
        pool: pool, evaluator: evaluator, distiller: distiller,
        writeModel: { [evaluator, prepared] in
          try evaluator?.writeConfusion(of: $0, to: DirectoryLayout(directory).evaluation)
          try atEnd?()
          return try prepared.write($0, to: $1)
        },
        logger: logger, sinks: output.map { [$0.show] } ?? []))
  }

  /// Runs to the end; Ctrl-C stops cleanly, with what to type to go on.
  static func run(_ coordinator: Coordinator, resume command: String) async throws {
    let trap = SignalTrap { coordinator.stop() }
    defer { withExtendedLifetime(trap) {} }
    do {
      _ = try await coordinator.run()
    } catch let error as TributaryError where error.code == "run.interrupted" {
      Text.complain("interrupted; finished rounds are kept; go on with: \(command)")
      throw ExitCode(130)
    }
  }
}
