internal import TributaryCore
internal import TributaryPlan

/// Which examples of a stream are kept, where so many may be.
///
/// What is kept after so many examples depends on these alone: a memory that has seen two tasks is the one that has
/// seen the first, and then was offered the second.
struct ReplayMemory: Sendable {
  /// What is kept, as numbers of the stream's examples.
  private(set) var kept: [Int] = []
  private let size: Int
  private let kind: ReplayPlan.Kind
  private let key: RandomKey
  private var count = 0
  /// By class: examples seen, and the places in `kept` of those that are kept.
  private var seen: [Int: Int] = [:]
  private var places: [Int: [Int]] = [:]
  /// Classes that have been the largest since the memory is full.
  private var full: Set<Int> = []
  private var classes: [Int] = []

  init(size: Int, kind: ReplayPlan.Kind, key: RandomKey) {
    self.size = size
    self.kind = kind
    self.key = key
  }

  /// Offers the stream's next example.
  mutating func offer(label: Int) {
    var stream = key.at(count).generator
    seen[label, default: 0] += 1
    defer { count += 1 }
    guard kept.count >= size else { return insert(label) }
    switch kind {
    case .reservoir:
      let place = stream.below(count + 1)
      if place < size { replace(place, by: label) }
    case .classBalanced: balance(label, &stream)
    }
  }

  /// Class-balancing reservoir sampling (Chrysakis & Moens 2020, algorithm 1): an example of a class that has never
  /// been the largest takes the place of one of the largest; any other one, with the share of its class that is kept,
  /// the place of one of its own class.
  private mutating func balance(_ label: Int, _ stream: inout RandomStream) {
    let most = places.values.map(\.count).max() ?? 0
    let largest = places.filter { $0.value.count == most }.keys.sorted()
    full.formUnion(largest)
    if full.contains(label) {
      let own = places[label] ?? []
      let drawn = stream.below(max(1, seen[label] ?? 1))
      if drawn < own.count { replace(own[drawn], by: label) }
      return
    }
    let victims = places[largest[stream.below(largest.count)]] ?? []
    replace(victims[stream.below(victims.count)], by: label)
  }

  private mutating func insert(_ label: Int) {
    places[label, default: []].append(kept.count)
    kept.append(count)
    classes.append(label)
  }

  private mutating func replace(_ place: Int, by label: Int) {
    let former = classes[place]
    places[former]?.removeAll { $0 == place }
    places[label, default: []].append(place)
    classes[place] = label
    kept[place] = count
  }
}
