public import TributaryCore

/// How recordings are read, and what a model sees of them.
public struct AudioPlan: Sendable, Codable, Equatable {
  public var features: AudioFeatures
  /// The manifest's column with the class, by its name; nil: `label`, `class` or `category`.
  public var labelColumn: String?
  /// The folder in which a manifest's files lie; nil: the manifest's own.
  public var folder: String?

  public init(
    features: AudioFeatures = AudioFeatures(), labelColumn: String? = nil, folder: String? = nil
  ) {
    self.features = features
    self.labelColumn = labelColumn
    self.folder = folder
  }
}
