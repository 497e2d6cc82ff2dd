extension TransferPlan.Method {
  /// Every method with its formula, its paper and when to use it, for `--help`.
  public static var help: String {
    allCases.map { "\($0.rawValue)\n    \($0.formula)\n    \($0.advice)" }.joined(separator: "\n")
  }

  private var formula: String {
    switch self {
    case .head: "the classifier alone moves, on features computed once"
    case .fineTune: "everything moves, or what trainable and lastBlocks name"
    case .bias: "biases move: BitFit (Ben Zaken et al. 2022, arXiv:2106.10199)"
    case .norms: "scales and shifts of norms move"
    case .lora:
      "x W' + b + (alpha / rank) (x A') B' beside a layer W, also a convolution; A and B move: LoRA "
        + "(Hu et al. 2021, arXiv:2106.09685)"
    case .ia3:
      "l * (x W' + b), or (l * x) W' + b behind feed-forward units; l moves: IA3 (Liu et al. 2022, "
        + "arXiv:2205.05638)"
    case .adapters:
      "y + U gelu(D y + d) + u behind a layer's result y; D, d, U, u move: bottleneck adapters "
        + "(Houlsby et al. 2019, arXiv:1902.00751; placement pfeiffer: Pfeiffer et al. 2021, arXiv:2005.00247)"
    case .prompt:
      "[p1 ... pn, x1 ... xT] for the word vectors x; p moves: prompt tuning (Lester et al. 2021, "
        + "arXiv:2104.08691)"
    case .prefix:
      "softmax(q [Pk; K]' / sqrt d) [Pv; V] in every layer; Pk and Pv move: prefix tuning (Li & Liang "
        + "2021, arXiv:2101.00190) without its network, as P-tuning v2 (Liu et al. 2022, arXiv:2110.07602)"
    case .shift:
      "y + exp(r) s behind every linear layer's result y; the backbone moves too, and s and its rate r stay on their client"
    }
  }

  private var advice: String {
    switch self {
    case .head: "first thing to try; by far the cheapest, and enough where the features fit"
    case .fineTune: "most examples, or a target far from the source; sends everything that moves"
    case .bias: "few examples; sends about a thousandth of a transformer"
    case .norms: "few examples or a shifted domain"
    case .lora:
      "the usual choice for transformers between a few hundred and many examples; merges into a plain model"
    case .ia3:
      "a few dozen examples, least bytes of those that reach every layer; wants rates near 0.01; merges"
    case .adapters: "as lora where more room is wanted; stays in the model, which is slower by it"
    case .prompt:
      "large models, with transfer.prompt best; small models need many steps at rates of 0.1 to 1"
    case .prefix: "where prompt is too weak: reaches every layer; takes places of the text's"
    case .shift: "clients whose data are shifted against one another, each in its own way"
    }
  }
}
