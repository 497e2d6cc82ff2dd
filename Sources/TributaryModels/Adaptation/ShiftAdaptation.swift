internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// A learnable shift of every linear layer that has a bias, the classifier's as well: what one domain, a client, has
/// against all others. The model's own tensors move beside it.
///
/// As the biases of batch norms in FedBN (Li et al. 2021, arXiv:2102.07623) and the shifts of SSF (Lian et al. 2022,
/// arXiv:2210.08823), with the rate of each shift learned together with it.
struct ShiftAdaptation: Adaptation {
  static let kind = "SHIFT"
  static let isPEFT = false
  static let isMergeable = true
  let tensors: [TensorSpec]
  let adapters: Adapters
  private let layers: [TensorSpec]

  init(_ json: JSON, of model: any Model) throws {
    let names = Set(model.tensors.map(\.name))
    let usual = model.tensors.filter {
      $0.layer.map { [.linear, .transposed].contains($0) } ?? false
        && names.contains("\($0.layerName).bias")
    }
    layers = usual
    guard !layers.isEmpty else {
      throw AdaptationRegistry.error("\(model.architecture) has no linear layer to shift")
    }
    let own = layers.map { ShiftAdapter(beside: $0) }
    tensors = own.flatMap(\.tensors)
    adapters = Adapters(
      layers: Dictionary(zip(layers.map(\.name), own), uniquingKeysWith: { first, _ in first }))
  }

  var settings: [JSON.Member] { [("target_modules", layers.layerNames)] }
}
