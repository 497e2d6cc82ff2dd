internal import Glibc
internal import TributaryStorage

/// Which of a model's files are fetched.
enum HubSelection {
  /// The files that match one of `patterns`; without patterns those that a model is loaded from:
  /// safetensors, else PyTorch's weights, and the small files about configuration, tokens and images.
  ///
  /// - Parameter patterns: as a shell's, where `*` matches `/`, too; `onnx/` is everything in that folder.
  /// - Returns: none where nothing among them could be weights.
  static func files(of all: [String], matching patterns: [String]) -> [String] {
    guard patterns.isEmpty else {
      let whole = patterns.map { $0.hasSuffix("/") ? $0 + "*" : $0 }
      return all.filter { file in whole.contains { fnmatch($0, file, 0) == 0 } }
    }
    let weights = weights(in: all)
    return weights.isEmpty ? [] : all.filter { weights.contains($0) || isAsset($0) }
  }

  /// The first file that an index among `files` names and that is not in `folder`.
  ///
  /// - Throws: what reading the index throws.
  static func missingShard(among files: [String], in folder: String) throws -> String? {
    for file in files where HubPath.depth(of: file) == 0 && file.hasSuffix(".index.json") {
      let index = try Weights.shards(of: "\(folder)/\(file)")
      if let missing = index.first(where: { !DurableFile.exists("\(folder)/\($0)") }) {
        return missing
      }
    }
    return nil
  }

  /// The first of these kinds that is there.
  private static func weights(in all: [String]) -> Set<String> {
    let kinds: [(String) -> Bool] = [
      { $0 == "model.safetensors" },
      { $0 == "model.safetensors.index.json" || isShard($0, "model-", ".safetensors") },
      { $0 == "pytorch_model.bin" },
      { $0 == "pytorch_model.bin.index.json" || isShard($0, "pytorch_model-", ".bin") },
      { !$0.contains("/") && $0.hasSuffix(".safetensors") },
      { file in
        !file.contains("/") && [".pth", ".pt", ".bin", ".th"].contains { file.hasSuffix($0) }
      },
    ]
    for isOne in kinds {
      let found = all.filter(isOne)
      if !found.isEmpty { return Set(found) }
    }
    return []
  }

  private static func isShard(_ file: String, _ prefix: String, _ suffix: String) -> Bool {
    file.hasPrefix(prefix) && file.hasSuffix(suffix) && file.contains("-of-")
  }

  private static func isAsset(_ file: String) -> Bool {
    let parts = file.split(separator: "/")
    // sentence-transformers keeps its modules' settings in 1_Pooling/config.json and the like.
    if parts.count == 2 {
      return parts[0].first?.isNumber == true && parts[0].contains("_")
        && parts[1] == "config.json"
    }
    let names = ["merges.txt", "vocab.txt", "spiece.model", "chat_template.jinja"]
    return parts.count == 1
      && (names.contains(file) || file.hasSuffix(".json") && !file.hasSuffix(".index.json")
        || file.hasSuffix("tokenizer.model") || file.hasSuffix(".bpe.model"))
  }
}
