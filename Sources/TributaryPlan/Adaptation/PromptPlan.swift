/// Classification by a masked language model's own words, without a new classifier (Schick & Schütze 2021; Gao, Fisch
/// & Chen 2021): the text stands in a template, and the class is the one whose word fits the mask best.
public struct PromptPlan: Sendable, Codable, Equatable {
  /// With `{text}` and `{mask}` once each: `{text} It was {mask}.`
  public var template: String
  /// One word of the model's vocabulary a class.
  public var words: [Word]

  public struct Word: Sendable, Codable, Equatable {
    public var className: String
    public var word: String

    public init(_ className: String, _ word: String) {
      self.className = className
      self.word = word
    }
  }

  public init(template: String = "", words: [Word] = []) {
    self.template = template
    self.words = words
  }

  /// The words in the order of `classes`; nil where they are not one each.
  public func words(of classes: [String]) -> [String]? {
    let found = classes.compactMap { name in words.first { $0.className == name }?.word }
    return found.count == classes.count && words.count == classes.count ? found : nil
  }

  /// Whether all of it may stand in a plan: a peer's may not.
  public var isPossible: Bool { template.utf8.count <= 4096 && words.count <= 4096 }
}
