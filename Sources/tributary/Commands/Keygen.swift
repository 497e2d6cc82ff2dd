import ArgumentParser
import TributaryTransport

struct Keygen: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the keys with which coordinator and workers know each other.",
    discussion: """
      DIR stays with the coordinator. Copy DIR/workers/NAME to the worker's machine: it holds all \
      that worker needs. Run again with another --name to add a worker; keys that exist are kept. \
      Removing DIR/authorized/NAME.pub locks that worker out.

      EXAMPLES
        tributary keygen keys --name clinic-a --name clinic-b
      """)

  @Argument(help: "The folder of keys.", completion: .directory)
  var directory: String

  @Option(
    name: .customLong("name"),
    help: "A worker to make keys for; repeat for several. Without it: one worker named \"worker\".")
  var names: [String] = []

  @OptionGroup var output: OutputOptions

  func run() throws {
    let workers = names.isEmpty ? ["worker"] : names
    let written = try KeyFolder(directory).generate(workers: workers)
    if output.json {
      Text.emit(try Text.json(["written": written]))
      return
    }
    for file in written { Text.emit("wrote \(file)") }
    for worker in workers {
      Text.emit("worker \(worker): --keys \(directory)/workers/\(worker)")
    }
  }
}
