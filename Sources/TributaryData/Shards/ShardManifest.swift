internal import TributaryCore
internal import TributaryPlan

/// `shard.json`
struct ShardManifest: Codable {
  static let fileName = "shard.json"
  static let format = "tributary-shard"
  static let version = 1

  var format = Self.format
  var version = Self.version
  var client: ClientID
  var kind: TaskPlan.Kind
  var classes: Int
  var classNames: [String]?
  var examples: Int
  /// `[channels, height, width]`, for images.
  var image: Shape?
  /// Of a node, for graphs.
  var features: Int?
  var files: [File]

  struct File: Codable {
    var name: String
    var bytes: Int
    var sha256: Digest
  }

  init(
    client: ClientID, kind: TaskPlan.Kind, classes: Int, classNames: [String]?, examples: Int,
    image: Shape?, features: Int? = nil, files: [File]
  ) {
    self.client = client
    self.kind = kind
    self.classes = classes
    self.classNames = classNames
    self.examples = examples
    self.image = image
    self.features = features
    self.files = files
  }
}
