import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PartitionReportTests {
  private let labels = [0, 0, 1, 1, 2, 2, 0]

  private func report(
    classes: [String] = ["a", "b", "c"], names: [String]? = ["north", "<b>&\"south\"\u{1}"],
    labelled: Bool = true
  ) -> PartitionReport {
    var owners = PartitionOwners(examples: 7, clients: 2, names: names)
    for example in [0, 1, 2] { owners.give(example, to: 0) }
    for example in [3, 4, 5] { owners.give(example, to: 1) }
    return PartitionReport(
      DataPartition(owners), labels: labelled ? labels : nil, classes: classes, run: "<run> & co",
      kind: "file", seed: 3)
  }

  /// The elements of well-formed XML with their texts; nil for anything else.
  private func elements(_ text: String) -> [String: [String]]? {
    final class Collector: NSObject, XMLParserDelegate {
      var texts: [String: [String]] = [:]
      private var open: [String] = []

      func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?,
        qualifiedName _: String?, attributes _: [String: String]
      ) {
        texts[name, default: []].append("")
        open.append(name)
      }
      func parser(
        _: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?
      ) { open.removeLast() }
      func parser(_: XMLParser, foundCharacters characters: String) {
        guard let name = open.last, let count = texts[name]?.count else { return }
        texts[name]?[count - 1] += characters
      }
    }
    let parser = XMLParser(data: Data(text.utf8))
    let collector = Collector()
    parser.delegate = collector
    return parser.parse() ? collector.texts : nil
  }

  @Test func countsAndFigures() {
    let report = report()
    #expect(report.clients.map(\.examples) == [3, 3])
    #expect(report.clients.map(\.labels) == [[2, 1, 0], [0, 1, 2]])
    #expect(report.summary.examples == 6 && report.summary.unused == 1)
    #expect(report.summary.labels?.classesPerClient == 2)
    // (2/3, 1/3, 0) beside (1/3, 1/3, 1/3).
    #expect(abs((report.clients[0].totalVariation ?? 0) - 1 / 3) < 1e-12)
  }

  @Test func theTableHasARowAClient() {
    let lines = report().lines
    #expect(lines[0].hasPrefix("client"))
    #expect(lines[0].hasSuffix("examples  distance  classes     a     b     c"))
    #expect(lines[1].hasPrefix("client-0000 (north)"))
    #expect(lines[1].hasSuffix("3     0.333        2     2     1     0"))
    #expect(lines[3] == "file, seed 3: 2 clients, 6 examples, 1 more that no client has")
    #expect(lines.last?.hasPrefix("sha256  ") == true)
    #expect(!report(labelled: false).lines[0].contains("distance"))
  }

  @Test func manyClientsAreToldByTheirNumber() throws {
    let labels = (0..<1000).map { $0 % 3 }
    let partition = try DataPartition(
      of: PartitionExamples(labels: labels, classes: 3), plan: PartitionPlan(clients: 500),
      key: RandomKey(seed: 1))
    let report = PartitionReport(
      partition, labels: labels, classes: ["a", "b", "c"], run: "many", kind: "iid", seed: 1)
    #expect(report.rows.count == PartitionReport.rowLimit + 2)
    #expect(report.rows.last == "... and 460 more")
    let texts = try #require(elements(report.svg))
    #expect(texts["text"]?.contains("300 of 500 clients, evenly spaced") == true)
  }

  @Test func jsonHasEverything() throws {
    struct Decoded: Decodable {
      struct Client: Decodable {
        var client: String
        var name: String
        var examples: Int
        var labels: [Int]
      }
      struct Summary: Decodable {
        struct Sizes: Decodable { var gini: Double }
        var clients: Int
        var classes: [String]
        var sizes: Sizes
        var digest: String
      }
      var clients: [Client]
      var summary: Summary
    }
    let decoded = try PlanJSON.decode(Decoded.self, from: PlanJSON.encode(report()))
    #expect(decoded.clients.map(\.labels) == [[2, 1, 0], [0, 1, 2]])
    #expect(decoded.summary.clients == 2 && decoded.summary.digest.count == 64)
  }

  @Test func thePictureIsWellFormedXMLWhateverTheNames() throws {
    let texts = try #require(
      elements(report(classes: ["]]>", "<script>", "c & d \u{0}\u{ffff} é😀"]).svg))
    #expect(texts["text"]?.contains("<run> & co: file, 2 clients") == true)
    #expect(texts["text"]?.contains("<script>") == true)
    #expect(texts["text"]?.contains("c & d \u{fffd}\u{fffd} é😀") == true)
    // A bar of shares for each class that a client has, and one of its size.
    #expect(texts["title"]?.count == 6)
    #expect(texts["svg"]?.count == 1)
  }

  @Test func withoutLabelsThereAreSizesOnly() throws {
    let texts = try #require(elements(report(labelled: false).svg))
    #expect(texts["title"]?.count == 2)
    #expect(texts["text"]?.contains("label shares") == false)
  }

  @Test func manyClassesHaveColoursOfTheirOwn() {
    for count in [3, 10, 62, 100] {
      let colors = (0..<count).map { ClassColors.color($0, of: count) }
      #expect(Set(colors).count == count)
      #expect(colors.allSatisfy { $0.wholeMatch(of: #/#[0-9a-f]{6}/#) != nil })
    }
  }
}
