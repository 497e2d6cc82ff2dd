/// Spellings that checkpoints use for the same tensor.
enum CheckpointName {
  /// Without the `module.` that torch's DataParallel puts in front.
  static func withoutWrapper(_ name: String) -> String {
    name.hasPrefix("module.") ? String(name.dropFirst("module.".count)) : name
  }
}
