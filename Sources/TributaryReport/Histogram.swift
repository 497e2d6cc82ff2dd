/// How many clients have which accuracy, as an inline SVG drawing: a bar for each twentieth.
struct Histogram {
  var title: String
  /// From 0 to 1.
  var values: [Double]
  /// Which run: decides the colour.
  var run: Int

  static let bins = 20
  private static let width = 560.0
  private static let height = 220.0
  private static let left = 44.0
  private static let bottom = 30.0
  private static let top = 12.0

  /// Numbers of values in [0, 1/20), [1/20, 2/20), ..., the last bin with its upper end.
  var counts: [Int] {
    var counts = [Int](repeating: 0, count: Self.bins)
    for value in values {
      counts[min(Self.bins - 1, max(0, Int(value * Double(Self.bins))))] += 1
    }
    return counts
  }

  var markup: Markup? {
    let counts = counts
    guard let most = counts.max(), most > 0 else { return nil }
    let scale = (Self.height - Self.top - Self.bottom) / Double(most)
    let step = (Self.width - Self.left - 10) / Double(Self.bins)
    let base = Self.height - Self.bottom
    let bars = counts.enumerated().filter { $0.element > 0 }.map { bin, count in
      Markup.element(
        "rect",
        [
          "x": ReportNumber.position(Self.left + Double(bin) * step + 1),
          "y": ReportNumber.position(base - Double(count) * scale),
          "width": ReportNumber.position(step - 2),
          "height": ReportNumber.position(Double(count) * scale), "fill": Chart.color(run),
        ],
        [
          .element(
            "title", [:],
            text: "\(count) clients from \(Self.edge(bin)) to \(Self.edge(bin + 1))")
        ])
    }
    let labels = stride(from: 0, through: Self.bins, by: 4).map { bin in
      text(Self.edge(bin), x: Self.left + Double(bin) * step, y: base + 18, anchor: "middle")
    }
    let axis = Markup.element(
      "line",
      [
        "x1": ReportNumber.position(Self.left),
        "x2": ReportNumber.position(Self.left + step * Double(Self.bins)),
        "y1": ReportNumber.position(base), "y2": ReportNumber.position(base), "class": "axis",
      ])
    let drawing = Markup.element(
      "svg",
      [
        "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img",
        "aria-label": title,
      ],
      bars + labels
        + [axis, text("\(most)", x: Self.left - 6, y: Self.top + 10, anchor: "end")])
    return .element("figure", [:], [.element("figcaption", [:], text: title), drawing])
  }

  private static func edge(_ bin: Int) -> String {
    ReportNumber.decimal(Double(bin) / Double(bins), 2)
  }

  private func text(_ text: String, x: Double, y: Double, anchor: String) -> Markup {
    .element(
      "text",
      ["x": ReportNumber.position(x), "y": ReportNumber.position(y), "text-anchor": anchor],
      text: text)
  }
}
