/// Replay: some examples of former tasks are kept, and trained on beside those of the present one.
public struct ReplayPlan: Sendable, Codable, Equatable {
  /// How many examples of all former tasks together are kept.
  public var size: Int
  public var kind: Kind
  /// How often an epoch passes over them.
  public var passes: Int
  /// The former tasks, in the order in which they were learned; `tributary sequence` says them itself.
  public var former: [DataTask]

  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Every former example is kept with the same probability (Vitter 1985).
    case reservoir
    /// As many of each class as there are, or as of any other (Chrysakis & Moens 2020).
    case classBalanced = "class-balanced"
  }

  public init(
    size: Int = 200, kind: Kind = .classBalanced, passes: Int = 1, former: [DataTask] = []
  ) {
    self.size = size
    self.kind = kind
    self.passes = passes
    self.former = former
  }
}
