internal import Foundation
internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan

/// The blocks of a backbone, from input to output: what "the last two blocks" means.
///
/// A block is a layer that the model names (`layer4.1`, `encoder.layer.5`); what stands in front of the first is one
/// of its own, and what stands behind a block (a last norm, a pooler) belongs to it. Where no tensor lies in a named
/// layer, every module with a matrix or a kernel is a block.
struct BackboneBlocks {
  /// The parameters' and buffers' names, block by block.
  private(set) var blocks: [[String]] = []
  private let head: Set<String>
  private var places: [String: Int] = [:]

  init(_ model: any Model) {
    head = model.headTensorNames
    let specs = model.tensors.filter { !model.headTensorNames.contains($0.name) }
    let layers = Set(model.layerNames)
    let isNamed = specs.contains { Self.layer(of: $0.name, among: layers) != nil }
    var indices: [String: Int] = [:]
    for spec in specs {
      let module = FreezePlan.module(of: spec.name)
      let own =
        isNamed ? Self.layer(of: spec.name, among: layers) : spec.shape.rank > 1 ? module : nil
      let index: Int
      if let own, let known = indices[own] {
        index = known
      } else if own != nil || blocks.isEmpty {
        blocks.append([])
        index = blocks.count - 1
        if let own { indices[own] = index }
      } else {
        index = places[module] ?? blocks.count - 1
      }
      blocks[index].append(spec.name)
      places[module] = index
    }
  }

  /// The longest of the layers' names that `name` begins with.
  private static func layer(of name: String, among layers: Set<String>) -> String? {
    var module = name[...]
    while let dot = module.lastIndex(of: ".") {
      module = module[..<dot]
      if layers.contains(String(module)) { return String(module) }
    }
    return nil
  }

  /// The block, from 0, of a tensor of the backbone, or of an adapter beside one; nil of the classifier's.
  func place(of name: String) -> Int? {
    guard !head.contains(name) else { return nil }
    var module = name[...]
    while let dot = module.lastIndex(of: ".") {
      module = module[..<dot]
      if let place = places[String(module)] { return place }
    }
    return nil
  }

  /// Learning rates that differ from the classifier's, for those of `names` that have one.
  func rates(_ transfer: TransferPlan, of names: Set<String>) -> [String: Float] {
    guard transfer.backboneRate != 1 || transfer.blockDecay != 1 else { return [:] }
    let known = Set(blocks.joined())
    return names.reduce(into: [:]) { rates, name in
      guard let place = place(of: name) else { return }
      let rate = known.contains(name) ? transfer.backboneRate : 1
      rates[name] = Float(rate * pow(transfer.blockDecay, Double(blocks.count - 1 - place)))
    }
  }
}
