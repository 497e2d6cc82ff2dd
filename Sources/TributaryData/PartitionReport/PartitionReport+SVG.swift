internal import TributaryCore

extension PartitionReport {
  /// More clients than this are drawn as so many, evenly spaced among all.
  private static let barLimit = 300
  private static let legendLimit = 40

  /// A picture: a bar of label shares for each client, and beside it one of its size.
  public var svg: String {
    let shown = drawn
    let rowHeight = shown.count <= 60 ? 18.0 : max(3, 1080 / Double(shown.count))
    let hasLabels = summary.labels != nil
    let top = Self.top(classes: hasLabels ? summary.classes.count : 0)
    var svg = SVG(width: 940, height: Int(top + rowHeight * Double(shown.count)) + 30)
    drawHeading(&svg, shown: shown.count)
    if hasLabels { drawLegend(&svg) }
    let sizes = (x: hasLabels ? 640.0 : 160, width: hasLabels ? 220.0 : 700)
    if hasLabels { svg.text("label shares", x: 160, y: top - 8, isBold: true) }
    svg.text("examples", x: sizes.x, y: top - 8, isBold: true)
    for (row, client) in shown.enumerated() {
      let y = top + Double(row) * rowHeight
      let height = rowHeight > 6 ? rowHeight - 3 : rowHeight * 0.9
      let name = Self.short(client.name ?? client.client.name)
      if rowHeight >= 12 {
        svg.text(name, x: 152, y: y + height - 3, size: 10, anchor: .end)
      }
      if let labels = client.labels { drawShares(&svg, labels, name, y: y, height: height) }
      let length =
        sizes.width * Double(client.examples) / Double(max(1, summary.sizes.largest))
      svg.rectangle(
        x: sizes.x, y: y, width: length, height: height, fill: "#8899aa",
        tip: "\(name): \(client.examples) examples")
      if rowHeight >= 12 {
        svg.text("\(client.examples)", x: sizes.x + length + 5, y: y + height - 3, size: 10)
      }
    }
    return svg.document
  }

  /// Those that are drawn.
  var drawn: [Client] {
    guard clients.count > Self.barLimit else { return clients }
    return (0..<Self.barLimit).map { clients[$0 * clients.count / Self.barLimit] }
  }

  private static func top(classes: Int) -> Double {
    86 + 16 * Double((min(classes, legendLimit) + 5) / 6)
  }

  private func drawHeading(_ svg: inout SVG, shown: Int) {
    svg.text(
      "\(summary.run): \(summary.kind), \(summary.clients) clients", x: 20, y: 26, size: 16,
      isBold: true)
    for (line, text) in figures.dropFirst().dropLast().enumerated() {
      svg.text(text, x: 20, y: 44 + 14 * Double(line), size: 10)
    }
    if shown < clients.count {
      svg.text(
        "\(shown) of \(clients.count) clients, evenly spaced", x: 920, y: 26, anchor: .end)
    }
  }

  private func drawLegend(_ svg: inout SVG) {
    let classes = summary.classes
    for (index, name) in classes.prefix(Self.legendLimit).enumerated() {
      let x = 20 + 150 * Double(index % 6)
      let y = 68 + 16 * Double(index / 6)
      svg.rectangle(
        x: x, y: y, width: 10, height: 10, fill: ClassColors.color(index, of: classes.count))
      let isLast = index == Self.legendLimit - 1 && classes.count > Self.legendLimit
      svg.text(
        Self.short(name, 18) + (isLast ? " and \(classes.count - Self.legendLimit) more" : ""),
        x: x + 15, y: y + 9, size: 10)
    }
  }

  private func drawShares(
    _ svg: inout SVG, _ labels: [Int], _ name: String, y: Double, height: Double
  ) {
    let total = Double(max(1, labels.reduce(0, +)))
    var x = 160.0
    for (label, count) in labels.enumerated() where count > 0 {
      let width = 460 * Double(count) / total
      svg.rectangle(
        x: x, y: y, width: width, height: height,
        fill: ClassColors.color(label, of: labels.count),
        tip: "\(name): \(count) of \(summary.classes[label])")
      x += width
    }
  }
}
