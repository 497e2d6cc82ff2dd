import ArgumentParser
import Foundation
import TributaryCoordinator
import TributaryCore
import TributaryReport
import TributaryStorage

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write one HTML page about one or several runs: curves, results, plans, clients.",
    discussion: """
      DIR is the --output folder of a simulation or of a coordinator; a run that is still going on is \
      shown as far as it is. The page needs no network and nothing beside it. Curves of several runs \
      lie over each other, and settings in which they differ come first.

      EXAMPLES
        tributary report runs/first --output report.html
        tributary report runs/first runs/second --output both.html
        tributary report runs/sweep/*/seed-1 --output sweep.html
      """)

  @Argument(help: "The runs' folders.", completion: .directory)
  var directories: [String]
  @Option(help: "The HTML file to write.", completion: .file(extensions: ["html"]))
  var output: String

  func run() throws {
    // As a shell completes them.
    let folders = directories.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    let report = try RunReport(folders.map(RunHistory.init(of:)))
    try DurableFile.write(Bytes(copying: Array(try report.html().utf8)), to: output)
    Text.emit(output)
  }
}
