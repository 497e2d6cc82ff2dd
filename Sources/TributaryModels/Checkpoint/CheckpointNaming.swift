/// How the names of a text checkpoint become the model's.
struct CheckpointNaming: Sendable {
  /// What the names of the model without a head begin with: `bert.`.
  let base: String
  /// What its names begin with in a checkpoint of the model without a head, which lacks `base`.
  let baseParts: [String]
  /// Beginnings of tensors that only some objectives have: heads of other tasks, and poolers. Left out
  /// where this model has no tensor of that name.
  let otherHeads: [String]
  /// Ends of tables that are computed, not learned.
  var computed = [".position_ids", ".token_type_ids"]
  /// The names that the model has.
  let known: Set<String>

  /// The model's name for a tensor that a checkpoint calls `original`; nil: not needed.
  func callAsFunction(_ original: String) -> String? {
    var name = CheckpointName.withoutWrapper(original)
    if baseParts.contains(where: name.hasPrefix) { name = base + name }
    // What TensorFlow called them, still found in old checkpoints.
    if name.hasSuffix(".LayerNorm.gamma") { name = name.dropLast(5) + "weight" }
    if name.hasSuffix(".LayerNorm.beta") { name = name.dropLast(4) + "bias" }
    if known.contains(name) { return name }
    let isOther = otherHeads.contains(where: name.hasPrefix)
    return isOther || computed.contains(where: name.hasSuffix) ? nil : name
  }
}
