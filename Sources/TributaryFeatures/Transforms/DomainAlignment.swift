internal import TributaryCore
internal import TributaryPlan
public import TributaryTensor

/// A classifier for an unlabelled target domain from a labelled source domain, on features that stand still: one
/// method that brings the domains together, then one classifier.
public struct DomainAlignment: Sendable, Equatable {
  public enum Method: String, Sendable, CaseIterable {
    /// The source's classifier as it is.
    case none
    /// Principal components of both domains together.
    case pca
    /// Correlation alignment.
    case coral
    /// Subspace alignment.
    case subspace
    /// Transfer component analysis.
    case tca
    /// Source examples weighted by kernel mean matching.
    case kmm
    /// Source examples weighted by the ratio of the domains' densities.
    case densityRatio = "density-ratio"
    /// The half of the source examples with the highest of those weights.
    case selection
    /// Boosting by the target's labelled examples.
    case boosting = "tradaboost"
  }

  public enum Classifier: String, Sendable, CaseIterable {
    /// The class of the nearest example.
    case nearest
    case ridge
    case lda
    case prototype
    case logistic
  }

  public var method: Method
  public var classifier: Classifier
  /// Of pca, subspace and tca.
  public var dimensions = 20
  /// λ of coral; μ of tca in units of L's Frobenius norm 1/n_S + 1/n_T, as in Long et al. 2013.
  public var regularization = 1.0
  /// tca's.
  public var kernel = Kernel.primal
  /// ridge's and logistic's penalty.
  public var l2 = 1.0

  public enum Kernel: String, Sendable, CaseIterable { case primal, linear, gaussian }

  public init(method: Method, classifier: Classifier = .nearest) {
    self.method = method
    self.classifier = classifier
  }

  /// Labelled examples of the target.
  public struct Labelled {
    public var features: Matrix
    public var labels: [Int]

    public init(features: Matrix, labels: [Int]) {
      self.features = features
      self.labels = labels
    }
  }

  /// The class of every target example.
  ///
  /// - Parameters:
  ///   - labels: below `classes`, one a source example.
  ///   - labelled: what is learned from together with the source.
  /// - Throws: `align.classifier` where weights meet a classifier that has no use for them, `align.labelled` where the
  ///   method needs labelled examples; `linearAlgebra.*`.
  public func predictions(
    source: Matrix, labels: [Int], classes: Int, target: Matrix, labelled: Labelled? = nil
  ) throws -> [Int] {
    if method == .boosting {
      return try boosted(
        source: source, labels: labels, classes: classes, labelled: labelled)(target)
    }
    var (source, target, labels) = (source, target, labels)
    if let labelled {
      (source, labels) = (source.stacked(on: labelled.features), labels + labelled.labels)
    }
    var weights: [Double]?
    switch method {
    case .none, .boosting: break
    case .pca:
      let pca = try PrincipalComponents(source.stacked(on: target), count: dimensions)
      (source, target) = (pca(source), pca(target))
    case .coral:
      source = try CorrelationAlignment(
        source: source, target: target, regularization: regularization)(source)
    case .subspace:
      let alignment = try SubspaceAlignment(
        source: source, target: target, dimensions: dimensions)
      (source, target) = (alignment.source(source), alignment.target(target))
    case .tca:
      let tca = try TransferComponents(
        source: source, target: target, dimensions: dimensions,
        regularization: regularization * (1 / Double(source.rows) + 1 / Double(target.rows)),
        kernel: kernel(source, target))
      (source, target) = (tca.source, tca.target)
    case .kmm:
      weights = KernelMeanMatching().weights(
        source: source, target: target,
        kernel: GaussianKernel(gamma: GaussianKernel.medianGamma(source, target)))
    case .densityRatio:
      weights = DensityRatio.weights(source: source, target: target)
    case .selection:
      let scores = DensityRatio.weights(source: source, target: target)
      let kept = FeatureSelection.best((source.rows + 1) / 2, scores)
      (source, labels) = (source.rows(kept), kept.map { labels[$0] })
    }
    return try fitted(source, labels: labels, classes: classes, weights: weights)(target)
  }

  private func boosted(
    source: Matrix, labels: [Int], classes: Int, labelled: Labelled?
  ) throws -> TrAdaBoost.Classifier {
    guard let labelled, labelled.features.rows > 0 else {
      throw TributaryError(
        "align.labelled", "\(method.rawValue) needs labelled examples of the target",
        advice: "say how many of each class may be learned from (--labelled)")
    }
    return try TrAdaBoost().fit(
      source: source, target: labelled.features, labels: labels + labelled.labels,
      classes: classes
    ) { try fitted($0, labels: $1, classes: classes, weights: $2) }.classifier
  }

  private func kernel(_ source: Matrix, _ target: Matrix) -> TransferComponents.Kernel {
    switch kernel {
    case .primal: .primal
    case .linear: .linear
    case .gaussian: .gaussian(gamma: GaussianKernel.medianGamma(source, target))
    }
  }

  private func fitted(
    _ source: Matrix, labels: [Int], classes: Int, weights: [Double]?
  ) throws -> TrAdaBoost.Classifier {
    switch classifier {
    case .nearest:
      guard weights == nil else {
        throw TributaryError(
          "align.classifier", "\(method.rawValue) weighs examples, which the nearest one ignores",
          advice: "use logistic, ridge, lda or prototype")
      }
      return NearestNeighbour(source, labels: labels).predictions
    case .logistic:
      return LogisticHead.fit(source, labels: labels, classes: classes, weights: weights, l2: l2)
        .predictions
    case .ridge, .lda, .prototype:
      let kind: HeadPlan.Kind =
        classifier == .ridge ? .ridge : classifier == .lda ? .lda : .prototype
      let statistics = FeatureStatistics(
        features: source, labels: labels, classes: classes, weights: weights)
      return try ClosedFormHead.solve(statistics, HeadPlan(kind: kind, l2: l2)).predictions
    }
  }
}
