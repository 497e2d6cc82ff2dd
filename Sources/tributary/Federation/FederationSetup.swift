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
  private let evaluator: TestEvaluator?

  /// - Parameter train: the training data where this process has it; a coordinator does not.
  init(_ plan: RunPlan, train: Dataset? = nil) throws {
    self.plan = plan
    var plan = plan
    let strategy = try StrategyRegistry.make(plan)
    plan.local = try strategy.training(plan.local)
    plan.transfer = strategy.transfer(plan.transfer)
    let test = try plan.data.test.map { _ in try DatasetReader.test(plan) }
    prepared = try PreparedRun(plan, example: train ?? test)
    evaluator = try test.map { [prepared] in try TestEvaluator(prepared, test: $0) }
  }

  /// - Parameter output: nil shows nothing.
  func coordinator(
    opening: Coordinator.Opening, directory: String, pool: any ClientPool, logger: Logger,
    output: FederationOutput?
  ) throws -> Coordinator {
    let (shared, fixed) = prepared.initial
    let assets = prepared.loaded.assets
    return try Coordinator(
      opening: opening, directory: directory,
      inputs: CoordinatorInputs(
        plan: plan, globals: shared, buffers: prepared.freeze.buffers, frozen: fixed,
        architecture: prepared.loaded.model.architecture, assets: assets,
        settings: try prepared.settings.json,
        expectedClients: prepared.plan.data.partition?.clients),
      services: CoordinatorServices(
        pool: pool, evaluator: evaluator.map(GlobalModelEvaluator.init),
        writeModel: { [freeze = prepared.freeze] in
          try ModelFolder.write(tensors: freeze.merged($0), assets: assets, to: $1)
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

struct GlobalModelEvaluator: ModelEvaluator {
  let evaluator: TestEvaluator
  func evaluate(_ tensors: ParameterTree<HostTensor>) async throws -> [String: Double] {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try evaluator.measure(tensors, isCancelled: { cancellation.isCancelled })
    } onCancel: {
      cancellation.cancel()
    }
  }
}
