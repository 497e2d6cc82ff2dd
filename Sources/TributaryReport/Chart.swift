/// Curves over rounds as an inline SVG drawing.
struct Chart {
  /// One measure of one run.
  struct Curve {
    /// Which run: decides the colour, and what hides it.
    var run: Int
    /// What the pointer is told.
    var label: String
    var dash: Dash
    var points: [(round: Int, value: Double)]
  }

  enum Dash: String, CaseIterable {
    case solid = ""
    case dashed = "7 4"
    case dotted = "2 3"
  }

  var title: String
  var curves: [Curve]

  private static let width = 560.0
  private static let height = 320.0
  private static let left = 62.0
  private static let right = 12.0
  private static let top = 14.0
  private static let bottom = 34.0
  /// Longer curves have no marks, which would be a blot.
  private static let markLimit = 60

  /// nil where there is nothing to draw.
  var markup: Markup? {
    let values = curves.flatMap { $0.points.map(\.value) }
    guard !values.isEmpty else { return nil }
    let x = ChartScale(rounds: curves.flatMap { $0.points.map(\.round) }.max() ?? 1)
    let y = ChartScale(around: values)
    let drawing = Markup.element(
      "svg",
      [
        "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img",
        "aria-label": title,
      ], grid(x, y) + curves.map { draw($0, x, y) })
    return .element("figure", [:], [.element("figcaption", [:], text: title), drawing])
  }

  /// The colour of a run, far from those of its neighbours.
  static func color(_ run: Int) -> String {
    "hsl(\((210 + run * 137) % 360), 65%, \(run % 2 == 0 ? 42 : 52)%)"
  }

  private func across(_ round: Double, _ scale: ChartScale) -> String {
    let span = Self.width - Self.left - Self.right
    return ReportNumber.position(Self.left + scale.fraction(round) * span)
  }

  private func down(_ value: Double, _ scale: ChartScale) -> String {
    let span = Self.height - Self.top - Self.bottom
    return ReportNumber.position(Self.top + (1 - scale.fraction(value)) * span)
  }

  private func grid(_ x: ChartScale, _ y: ChartScale) -> [Markup] {
    let edge = ReportNumber.position(Self.width - Self.right)
    let base = ReportNumber.position(Self.height - Self.bottom)
    let left = ReportNumber.position(Self.left)
    let rows = y.ticks.flatMap { tick -> [Markup] in
      let at = down(tick, y)
      return [
        .element("line", ["x1": left, "x2": edge, "y1": at, "y2": at, "class": "grid"]),
        .element(
          "text", ["x": "\(Int(Self.left) - 7)", "y": at, "dy": "4", "text-anchor": "end"],
          text: y.label(tick)),
      ]
    }
    let columns = x.ticks.map { tick in
      Markup.element(
        "text", ["x": across(tick, x), "y": base, "dy": "18", "text-anchor": "middle"],
        text: x.label(tick))
    }
    let axis = Markup.element(
      "line", ["x1": left, "x2": edge, "y1": base, "y2": base, "class": "axis"])
    return rows + columns + [axis]
  }

  private func draw(_ curve: Curve, _ x: ChartScale, _ y: ChartScale) -> Markup {
    let places = curve.points.map { (across(Double($0.round), x), down($0.value, y), $0) }
    let line = Markup.element(
      "polyline",
      [
        "points": places.map { "\($0.0),\($0.1)" }.joined(separator: " "), "class": "curve",
        "stroke": Self.color(curve.run), "stroke-dasharray": curve.dash.rawValue,
      ])
    let marks = places.count > Self.markLimit ? [] : places
    return .element(
      "g", ["class": "run-\(curve.run)"],
      [line]
        + marks.map { across, down, point in
          .element(
            "circle", ["cx": across, "cy": down, "r": "3", "fill": Self.color(curve.run)],
            [
              .element(
                "title", [:], text: "\(curve.label), round \(point.round): \(point.value)")
            ])
        })
  }
}
