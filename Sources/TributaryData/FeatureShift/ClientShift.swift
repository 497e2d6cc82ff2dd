internal import TributaryCore
internal import TributaryPlan

/// What happens to the images of one client: drawn once, from the client's key.
struct ClientShift: Equatable {
  /// In degrees, counter-clockwise.
  var angle: Double
  var brightness: Double
  var contrast: Double
  /// Standard deviation, of pixels in 0...1.
  var noise: Double

  /// - Parameter key: of feature shifts; each client draws under its own.
  init(_ plan: FeatureShiftPlan, client: Int, of clients: Int, key: RandomKey) {
    var random = key.at(client).generator
    func draw(_ reach: Double) -> Double { (2 * random.uniformDouble() - 1) * reach }
    angle = draw(plan.rotation)
    brightness = 1 + draw(plan.brightness)
    contrast = 1 + draw(plan.contrast)
    noise = plan.noise * Double(client + 1) / Double(clients)
  }

  /// Turns, then changes contrast, brightness, and adds noise.
  ///
  /// - Parameters:
  ///   - pixels: uint8 `[channels, height, width]`
  ///   - key: of this example's noise.
  func apply(
    to pixels: UnsafeMutableRawBufferPointer, channels: Int, height: Int, width: Int,
    key: RandomKey
  ) {
    if angle != 0 {
      var image = PixelImage(
        bytes: Array(pixels), channels: channels, height: height, width: width)
      AffineWarp.rotation(degrees: angle).apply(to: &image)
      pixels.copyBytes(from: image.bytes)
    }
    guard brightness != 1 || contrast != 1 || noise != 0 else { return }
    let mean = Double(pixels.reduce(0) { $0 + Int($1) }) / Double(max(1, pixels.count))
    var random = GammaSampler(key: key)
    for index in pixels.indices {
      var value = (mean + (Double(pixels[index]) - mean) * contrast) * brightness
      if noise != 0 { value += 255 * noise * random.normal() }
      pixels[index] = UInt8(max(0, min(255, value)).rounded())
    }
  }
}
