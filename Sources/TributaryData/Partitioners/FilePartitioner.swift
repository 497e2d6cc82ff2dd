internal import Foundation
public import TributaryCore
internal import TributaryPlan

/// The clients' index lists stand in a file, so that a partition made elsewhere can be used. Flower has
/// no such partitioner.
///
/// JSON: a list of lists, or an object of lists under the clients' names (taken in the order of their
/// bytes). Text: a client a line, indices with spaces or commas between. Indices count from 0 in the
/// data as they are after `data.labels` and `data.trainLimit`; an example in no list is no client's.
public struct FilePartitioner: Partitioner {
  public static let kind = "file"
  public static let flowerName: String? = nil
  public static let summary = "index lists from a file: JSON, or text with a client a line"
  public static let settings: [PartitionSetting] = [
    .path(required: true, "[[0, 5], [1]], {\"a\": [0, 5]} or a line of indices a client")
  ]

  public let clients: Int? = nil
  private let settings: PartitionSettings
  private let path: String

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    path = settings.plan.path ?? ""
  }

  public func divide(_ examples: PartitionExamples, key _: RandomKey) throws -> PartitionOwners {
    let (names, lists) = try read()
    if let clients = settings.plan.clients, clients != lists.count {
      throw settings.failure(
        "clients", "is \(clients), but \(path) has \(lists.count)", advice: "leave clients out")
    }
    var owners = PartitionOwners(examples: examples.count, clients: lists.count, names: names)
    for (client, list) in lists.enumerated() {
      for index in list {
        guard (0..<examples.count).contains(index) else {
          throw failure("client \(client): there is no example \(index) of \(examples.count)")
        }
        guard owners.owners[index] == PartitionOwners.nobody else {
          throw failure("example \(index) is listed twice")
        }
        owners.give(index, to: client)
      }
    }
    return owners
  }

  private func read() throws -> (names: [String]?, lists: [[Int]]) {
    let bytes = try TextLines.read(path)
    let decoder = JSONDecoder()
    switch bytes.first(where: { !" \n\r\t".utf8.contains($0) }) {
    case UInt8(ascii: "["):
      return (nil, try decoded { try decoder.decode([[Int]].self, from: Data(bytes)) })
    case UInt8(ascii: "{"):
      let lists = try decoded { try decoder.decode([String: [Int]].self, from: Data(bytes)) }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return (lists.map(\.key), lists.map(\.value))
    default:
      return (nil, try TextLines.lines(path).map { try indices($0.text, line: $0.line) })
    }
  }

  private func decoded<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw failure("is neither a list of lists of indices nor an object of such lists")
    }
  }

  private func indices(_ text: String, line: Int) throws -> [Int] {
    try text.split { ", \t".contains($0) }.map { word in
      guard let index = Int(word) else {
        throw failure("line \(line): \"\(word.prefix(40))\" is no index")
      }
      return index
    }
  }

  private func failure(_ text: String) -> TributaryError {
    TributaryError(
      "data.partition", "\(path): \(text)",
      advice: "indices count from 0, each at most once in the file")
  }
}
