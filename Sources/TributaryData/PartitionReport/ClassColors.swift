/// Colours that tell classes apart.
enum ClassColors {
  /// Ten that people with a colour-vision deficiency tell apart, too (Paul Tol's and Okabe-Ito's mixed).
  private static let few = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#e69f00", "#7f7f7f",
    "#994f00", "#9aa9ff",
  ]

  /// For more classes hues a golden angle apart, in three lightnesses.
  static func color(_ index: Int, of count: Int) -> String {
    if count <= few.count { return few[index] }
    let hue = (Double(index) * 137.508).truncatingRemainder(dividingBy: 360)
    return hex(hue: hue, lightness: [0.45, 0.6, 0.75][index % 3])
  }

  /// HSL with saturation 0.6 as `#rrggbb`.
  private static func hex(hue: Double, lightness: Double) -> String {
    let chroma = 0.6 * min(lightness, 1 - lightness)
    func channel(_ offset: Double) -> String {
      let k = (offset + hue / 30).truncatingRemainder(dividingBy: 12)
      let value = lightness - chroma * max(-1, min(k - 3, 9 - k, 1))
      let text = String(Int((value * 255).rounded()), radix: 16)
      return text.count == 1 ? "0\(text)" : text
    }
    return "#\(channel(0))\(channel(8))\(channel(4))"
  }
}
