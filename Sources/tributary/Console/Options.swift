import ArgumentParser
import Logging
import TributaryData
import TributaryPlan

/// The run file and what overrides it; the same for every command that reads one.
struct PlanOptions: ParsableArguments {
  @Argument(help: "The run's YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var run: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override one key, as in --set local.epochs=2.", valueName: "key=value"))
  var overrides: [String] = []

  /// The overrides as they stand on a command line, to be typed again.
  var overridesAsTyped: String { overrides.map { " --set '\($0)'" }.joined() }

  func plan() throws -> RunPlan { try Self.plan(run, overrides: overrides) }

  /// A plan whose backbone is on this machine: one of a hub becomes its folder in the cache.
  static func plan(_ path: String, overrides: [String]) throws -> RunPlan {
    var plan = try RunPlanReader.read(path: path, overrides: overrides)
    plan.backbone.path = try plan.backbone.path.map(ModelPath.resolve)
    plan.transfer.objectives = try plan.transfer.objectives.map { objective in
      guard case .text(let path)? = objective.settings[ObjectivePlan.modelKey] else {
        return objective
      }
      var objective = objective
      objective.settings[ObjectivePlan.modelKey] = .text(try ModelPath.resolve(path))
      return objective
    }
    if let partition = plan.data.partition { _ = try PartitionerRegistry.make(partition) }
    return plan
  }
}

struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object a line on stdout.")
  var json = false

  @Flag(name: .shortAndLong, help: "Log more, to stderr.")
  var verbose = false

  /// Logs go to stderr: stdout is for results.
  func logger(_ label: String) -> Logger {
    var logger = Logger(label: label) { _ in ConsoleLogHandler() }
    logger.logLevel = verbose ? .debug : (json ? .warning : .notice)
    return logger
  }
}
