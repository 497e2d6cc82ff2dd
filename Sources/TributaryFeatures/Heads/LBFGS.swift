/// Minimises a smooth convex function by the limited-memory BFGS method (Liu & Nocedal 1989), with steps that are
/// halved until the function falls enough (Armijo's condition).
struct LBFGS {
  var iterations = 1000
  /// Pairs of steps and gradients that are remembered.
  var memory = 10
  /// Done where no element of the gradient is larger than this share of the first gradient's largest.
  var tolerance = 1e-8

  func minimum(
    from start: [Double], _ evaluate: ([Double]) -> (value: Double, gradient: [Double])
  ) -> [Double] {
    var point = start
    var (value, gradient) = evaluate(point)
    let goal = tolerance * Self.largest(gradient)
    var history: [(step: [Double], change: [Double], curvature: Double)] = []
    for _ in 0..<iterations where Self.largest(gradient) > goal {
      var direction = Self.direction(gradient, history)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {
        history.removeAll()
        direction = gradient.map { -$0 }
        slope = -Self.dot(gradient, gradient)
      }
      var length = history.isEmpty ? min(1, 1 / Self.dot(gradient, gradient).squareRoot()) : 1
      var next = zip(point, direction).map { $0 + length * $1 }
      var found = evaluate(next)
      while !(found.value <= value + 1e-4 * length * slope), length > 1e-14 {
        length /= 2
        next = zip(point, direction).map { $0 + length * $1 }
        found = evaluate(next)
      }
      // Not even the smallest step is an improvement that float64 can tell.
      guard length > 1e-14 else { return point }
      let step = zip(next, point).map { $0 - $1 }
      let change = zip(found.gradient, gradient).map { $0 - $1 }
      let curvature = Self.dot(step, change)
      if curvature > 1e-16 { history.append((step, change, curvature)) }
      if history.count > memory { history.removeFirst() }
      (point, value, gradient) = (next, found.value, found.gradient)
    }
    return point
  }

  /// −H g by the two-loop recursion.
  private static func direction(
    _ gradient: [Double], _ history: [(step: [Double], change: [Double], curvature: Double)]
  ) -> [Double] {
    var q = gradient
    var shares: [Double] = []
    for pair in history.reversed() {
      let share = dot(pair.step, q) / pair.curvature
      shares.append(share)
      q = zip(q, pair.change).map { $0 - share * $1 }
    }
    if let last = history.last {
      let scale = last.curvature / dot(last.change, last.change)
      q = q.map { $0 * scale }
    }
    for (pair, share) in zip(history, shares.reversed()) {
      let correction = share - dot(pair.change, q) / pair.curvature
      q = zip(q, pair.step).map { $0 + correction * $1 }
    }
    return q.map { -$0 }
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func largest(_ values: [Double]) -> Double {
    values.reduce(0) { max($0, $1.magnitude) }
  }
}
