/// What each client has, as an inline SVG drawing: a bar of label shares, and beside it one of its size.
struct PartitionPicture {
  var title: String
  var partition: RunFiles.Partition

  /// More clients than this are drawn as so many, evenly spaced among all.
  private static let rowLimit = 200

  var markup: Markup? {
    guard !partition.clients.isEmpty else { return nil }
    let count = partition.clients.count
    let shown =
      count <= Self.rowLimit
      ? partition.clients
      : (0..<Self.rowLimit).map { partition.clients[$0 * count / Self.rowLimit] }
    let rowHeight = max(3, min(18, 720 / Double(shown.count)))
    let largest = max(1, partition.clients.map(\.examples).max() ?? 1)
    let rows = shown.enumerated().flatMap { row, client in
      draw(client, y: Double(row) * rowHeight, height: rowHeight * 0.85, largest: largest)
    }
    let drawing = Markup.element(
      "svg",
      [
        "viewBox": "0 0 760 \(Int(rowHeight * Double(shown.count)) + 4)", "role": "img",
        "aria-label": title,
      ], rows)
    let rest = shown.count < count ? ", \(shown.count) drawn" : ""
    return .element(
      "figure", [:],
      [
        .element(
          "figcaption", [:], text: "\(title): \(count) clients\(rest); label shares, and examples"),
        legend, drawing,
      ])
  }

  private var legend: Markup {
    .element(
      "p", [:],
      partition.classes.prefix(40).enumerated().map { label, name in
        .element(
          "span", [:],
          [
            .element(
              "span", ["class": "swatch", "style": "background: \(Self.color(label))"], text: " "),
            .escaped(name + " "),
          ])
      })
  }

  /// Hues a golden angle apart, in three lightnesses.
  private static func color(_ label: Int) -> String {
    "hsl(\(label * 137 % 360), 60%, \([45, 60, 75][label % 3])%)"
  }

  private func draw(
    _ client: (name: String, examples: Int, labels: [Int]), y: Double, height: Double,
    largest: Int
  ) -> [Markup] {
    let total = Double(max(1, client.labels.reduce(0, +)))
    var x = 0.0
    var bars: [Markup] = []
    for (label, count) in client.labels.enumerated() where count > 0 {
      let width = 500 * Double(count) / total
      bars.append(
        Self.bar(
          x: x, y: y, width: width, height: height, fill: Self.color(label),
          tip: "\(client.name): \(count) of \(partition.classes[label])"))
      x += width
    }
    let length = 230 * Double(client.examples) / Double(largest)
    return bars + [
      Self.bar(
        x: 524, y: y, width: length, height: height, fill: "#8899aa",
        tip: "\(client.name): \(client.examples) examples")
    ]
  }

  private static func bar(
    x: Double, y: Double, width: Double, height: Double, fill: String, tip: String
  ) -> Markup {
    .element(
      "rect",
      [
        "x": ReportNumber.position(x), "y": ReportNumber.position(y),
        "width": ReportNumber.position(width), "height": ReportNumber.position(height),
        "fill": fill,
      ], [.element("title", [:], text: tip)])
  }
}
