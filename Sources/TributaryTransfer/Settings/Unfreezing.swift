internal import TributaryCore
internal import TributaryPlan

/// Gradual unfreezing: the classifier first, then one more block at a time, from the top down.
struct Unfreezing: Sendable, Equatable {
  private let every: Int
  /// What moves without waiting.
  private let always: Set<String>
  /// What moves of each block, from the top down; blocks of which nothing moves take no turn.
  private let turns: [Set<String>]

  init?(_ transfer: TransferPlan, blocks: BackboneBlocks, moving: Set<String>) {
    guard transfer.unfreezeEvery > 0 else { return nil }
    every = transfer.unfreezeEvery
    var turns = [Set<String>](repeating: [], count: blocks.blocks.count)
    var always: Set<String> = []
    for name in moving {
      if let place = blocks.place(of: name) {
        turns[turns.count - 1 - place].insert(name)
      } else {
        always.insert(name)
      }
    }
    self.always = always
    self.turns = turns.filter { !$0.isEmpty }
  }

  func names(at time: Int) -> Set<String> {
    turns.prefix(time / every).reduce(always) { $0.union($1) }
  }
}
