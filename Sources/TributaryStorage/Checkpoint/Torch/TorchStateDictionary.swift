internal import TributaryCore

/// The named tensors in what a checkpoint holds, found by rule.
///
/// A training checkpoint keeps its weights under `state_dict`, `model_state_dict`, `model`, `module` or `net`,
/// beside the optimiser and counters. The first of these that is a dictionary is followed, as deep as it goes;
/// where there is none, the dictionary itself is the state dictionary.
struct TorchStateDictionary {
  private(set) var tensors: [(name: String, tensor: TorchTensor)] = []
  /// What was chosen and what was left out, for a person.
  private(set) var notes: [String] = []

  private static let wrappers = ["state_dict", "model_state_dict", "model", "module", "net"]

  init(in root: PickleValue, of graph: PickleGraph, name: String) throws {
    func error(_ what: String) -> TributaryError {
      TributaryError(
        "checkpoint.format", "\(name): \(what)", advice: "save the model's state_dict()")
    }
    guard var entries = graph.dictionary(root) else {
      throw error("the checkpoint is no dictionary of tensors")
    }
    for _ in 0..<Self.wrappers.count {
      let inner = Self.wrappers.lazy.compactMap { key in
        entries.first { $0.key.text == key }.flatMap { entry in
          graph.dictionary(entry.value).map { (key, $0) }
        }
      }.first
      guard let (key, found) = inner else { break }
      let others = Self.list(entries.compactMap(\.key.text).filter { $0 != key })
      notes.append("took \"\(key)\"" + (others.isEmpty ? "" : ", left out \(others)"))
      entries = found
    }
    var skipped: [String] = []
    for entry in entries {
      guard let tensor = graph.tensor(entry.value) else {
        skipped.append(entry.key.text ?? "a key that is no text")
        continue
      }
      guard let key = entry.key.text else { throw error("a tensor whose name is no text") }
      tensors.append((key, tensor))
    }
    guard !tensors.isEmpty else {
      throw error("no dictionary of tensors; it has \(Self.list(skipped))")
    }
    if !skipped.isEmpty { notes.append("left out, being no tensors: \(Self.list(skipped))") }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).map { String($0.prefix(60)) }.joined(separator: ", ")
      + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }
}
