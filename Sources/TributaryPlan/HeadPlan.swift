/// How a classifier on a frozen backbone is found (`transfer.method: head`).
public struct HeadPlan: Sendable, Codable, Equatable {
  public var kind: Kind
  /// ridge: added to the diagonal of the summed products; logistic: half of it times the squared weights is added
  /// to the summed loss.
  public var l2: Double
  /// lda: the share of the mean variance in the covariance, 0 to 1.
  public var shrinkage: Double
  /// Solved among so many principal components of the features; nil: among all features.
  public var components: Int?
  /// Solved with the best so many features; nil: with all.
  public var select: Int?
  public var selectBy: Selection
  /// Layers of the backbone whose outputs are features, too; named as in `Model.layerNames`.
  public var layers: [String]
  /// A client with fewer examples sends nothing, since so few could be guessed from their sums.
  public var minimumExamples: Int

  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Trained by the local optimiser, round by round.
    case softmax
    /// Least squares to one-hot targets with an L2 penalty.
    case ridge
    /// Linear discriminant analysis: Gaussian classes with one covariance.
    case lda
    /// The class with the nearest mean.
    case prototype
    /// Logistic regression at its optimum, by L-BFGS; on pooled data.
    case logistic

    /// Whether it is solved from sums over examples, in one round and as exactly as on pooled data.
    public var isClosedForm: Bool {
      switch self {
      case .softmax, .logistic: false
      case .ridge, .lda, .prototype: true
      }
    }
  }

  public enum Selection: String, Sendable, Codable, CaseIterable {
    /// By the F-value of a one-way analysis of variance.
    case anova
    /// By the size of their weights in an L1-penalised regression.
    case l1
  }

  public init(
    kind: Kind = .softmax, l2: Double = 1, shrinkage: Double = 0.1, components: Int? = nil,
    select: Int? = nil, selectBy: Selection = .anova, layers: [String] = [],
    minimumExamples: Int = 10
  ) {
    self.kind = kind
    self.l2 = l2
    self.shrinkage = shrinkage
    self.components = components
    self.select = select
    self.selectBy = selectBy
    self.layers = layers
    self.minimumExamples = minimumExamples
  }

  /// Whether all numbers may stand in a plan: a peer's may not.
  public var isPossible: Bool {
    let widths = [components, select].compactMap { $0 }
    return l2.isFinite && l2 >= 0 && (0...1).contains(shrinkage)
      && layers.count <= 100 && layers.allSatisfy { $0.utf8.count <= 512 }
      && widths.allSatisfy((1...1_000_000).contains)
      && (1...1_000_000_000).contains(minimumExamples)
  }
}
