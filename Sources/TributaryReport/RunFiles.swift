internal import Foundation
internal import TributaryCoordinator
internal import TributaryCore
internal import TributaryStorage

/// What a run left beside its events: each part nil where the run had no occasion for it.
struct RunFiles {
  /// Rows by name, each a number a column.
  struct Table {
    var columns: [String]
    var rows: [(name: String, values: [Double?])]

    func column(_ name: String) -> [Double] {
      guard let index = columns.firstIndex(of: name) else { return [] }
      return rows.compactMap { $0.values[index] }.filter(\.isFinite)
    }
  }

  /// `counts[true][predicted]` of the result on the test examples.
  struct Confusion {
    var classes: [String]
    var counts: [[Int]]
  }

  /// Numbers of examples, by client and label.
  struct Partition {
    var classes: [String]
    var clients: [(name: String, examples: Int, labels: [Int])]
  }

  let clients: Table?
  let matrix: Table?
  let confusion: Confusion?
  let partition: Partition?

  /// Far above any real run's.
  private static let byteLimit = 1 << 28

  /// - Throws: `report.file` for one that cannot be read.
  init(of layout: DirectoryLayout) throws {
    clients = try Self.read(layout.clients, Self.table)
    matrix = try Self.read(layout.matrix, Self.table)
    confusion = try Self.read(layout.evaluation) { try Confusion(JSON(parsing: $0, name: "")) }
    partition = try Self.read(layout.partition) { try Partition(JSON(parsing: $0, name: "")) }
  }

  private static func read<Value>(
    _ path: String, _ parse: (Bytes) throws -> Value?
  ) throws -> Value? {
    guard DurableFile.exists(path) else { return nil }
    let bytes = try DurableFile.read(path)
    do {
      if bytes.count <= byteLimit, let value = try parse(bytes) { return value }
    } catch {
      throw TributaryError("report.file", "\(path) cannot be read", cause: error)
    }
    throw TributaryError("report.file", "\(path) is not what a run writes")
  }

  /// Comma-separated: a header, then a name and numbers a line; nil for anything else.
  private static func table(_ bytes: Bytes) -> Table? {
    let lines = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      .split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    guard let header = lines.first, lines.allSatisfy({ $0.count == header.count }) else {
      return nil
    }
    return Table(
      columns: Array(header.dropFirst()),
      rows: lines.dropFirst().map { line in
        (name: line[0], values: line.dropFirst().map { Double($0) })
      })
  }
}

extension RunFiles.Confusion {
  fileprivate init?(_ json: JSON) {
    guard let names = json["classes"]?.strings, !names.isEmpty,
      let counts = json["confusion"]?.array?.map(\.counts), counts.count == names.count
    else { return nil }
    let rows = counts.compactMap(\.self)
    guard rows.count == names.count, rows.allSatisfy({ $0.count == names.count }) else {
      return nil
    }
    self.init(classes: names, counts: rows)
  }
}

extension RunFiles.Partition {
  fileprivate init?(_ json: JSON) {
    guard let names = json["summary"]?["classes"]?.strings, let list = json["clients"]?.array else {
      return nil
    }
    let clients = list.compactMap { client -> (name: String, examples: Int, labels: [Int])? in
      let labels = client["labels"]?.counts ?? []
      guard let name = client["name"]?.string ?? client["client"]?.string,
        let examples = client["examples"]?.integer, examples >= 0,
        labels.isEmpty || labels.count == names.count
      else { return nil }
      return (name, examples, labels)
    }
    guard clients.count == list.count else { return nil }
    self.init(classes: names, clients: clients)
  }
}

extension JSON {
  fileprivate var strings: [String]? {
    array.flatMap { list in
      let texts = list.compactMap(\.string)
      return texts.count == list.count ? texts : nil
    }
  }

  /// Numbers from 0 to far below an overflow of any sum.
  fileprivate var counts: [Int]? {
    array.flatMap { list in
      let numbers = list.compactMap(\.integer).filter { (0...(1 << 40)).contains($0) }
      return numbers.count == list.count ? numbers : nil
    }
  }
}
