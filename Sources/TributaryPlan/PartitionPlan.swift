/// How one set of examples is divided among clients.
public struct PartitionPlan: Sendable, Codable, Equatable {
  /// A registered partitioner, looked up by whoever owns the registry.
  public var kind: String
  /// The number of clients; nil where the data say it (`natural-id`, `file`).
  public var clients: Int?
  /// No client gets fewer examples than this.
  public var minimumExamples: Int
  /// A file that the partitioner reads (index lists, ids).
  public var path: String?
  /// What else stands in the section: the partitioner's own settings, checked by it.
  public var settings: [String: PlanSetting]
  /// Where each key stands, for errors.
  public var places: PlanPlaces

  private enum CodingKeys: String, CodingKey {
    case kind, clients, minimumExamples, path, settings
  }

  public init(
    kind: String = "iid", clients: Int? = nil, minimumExamples: Int = 1, path: String? = nil,
    settings: [String: PlanSetting] = [:]
  ) {
    self.kind = kind
    self.clients = clients
    self.minimumExamples = minimumExamples
    self.path = path
    self.settings = settings
    places = PlanPlaces()
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      kind: try container.decode(String.self, forKey: .kind),
      clients: try container.decodeIfPresent(Int.self, forKey: .clients),
      minimumExamples: try container.decode(Int.self, forKey: .minimumExamples),
      path: try container.decodeIfPresent(String.self, forKey: .path),
      settings: try container.decode([String: PlanSetting].self, forKey: .settings))
  }
}

/// Where the keys of a section were written (`run.yaml:12`). No part of a plan's value: it is neither
/// encoded nor compared.
public struct PlanPlaces: Sendable, Equatable {
  private var labels: [String: String] = [:]

  public init() {}

  init(_ sources: [String: PlanSource], in section: String) {
    for (path, source) in sources where path == section || path.hasPrefix(section + ".") {
      labels[String(path.dropFirst(section.count + 1))] = source.label
    }
  }

  /// The place of `key`, or of its section where the key is not there; nil for a plan from no file.
  public subscript(key: String) -> String? { labels[key] ?? labels[""] }

  public static func == (_: PlanPlaces, _: PlanPlaces) -> Bool { true }
}
