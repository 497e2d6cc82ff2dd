internal import TributaryCore

/// Group normalisation (Wu and He 2018): x [B, C, ...] is normalised over each image's groups of C / groups
/// channels, then scaled and shifted by channel, weight and bias [C].
public func groupNorm(
  _ x: Tensor, groups: Int, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5
) -> Tensor {
  require(
    x.rank >= 2 && groups > 0 && x.shape[1] % groups == 0 && weight.shape == [x.shape[1]]
      && bias.shape == weight.shape,
    "groupNorm: \(x.shape) in \(groups) groups with weight \(weight.shape)")
  let rows = x.reshaped([x.shape[0] * groups, -1])
  let width = rows.shape[1]
  let normal = layerNorm(
    rows, weight: .ones([width]), bias: .zeros([width]), epsilon: epsilon)
  return scaledChannels(normal.reshaped(x.shape), scale: weight, shift: bias)
}
