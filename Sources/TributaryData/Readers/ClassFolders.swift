internal import TributaryCore
internal import TributaryPlan

/// Files that lie in one sub-folder a class, both sorted by name.
struct ClassFolders {
  /// The files that a selection keeps.
  let files: [String]
  let labels: [Int]?
  let classNames: [String]?
  /// Whose each is, where that was asked for.
  let naturalIDs: [String]?

  /// - Parameters:
  ///   - kind: what the files are, for errors.
  ///   - accepts: whether a file of this name is an example.
  /// - Throws: `data.image`, `data.audio` for a folder without examples, `data.label`, `data.ids`.
  static func list(
    _ folder: String, selection: LabelSelection, naturalIDs: NaturalIDSource?, kind: String,
    accepts: (String) -> Bool
  ) throws -> ClassFolders {
    try naturalIDs?.refuseColumn(of: folder)
    let names = try ImageFolderReader.entries(of: folder)
      .filter { ImageFolderReader.isFolder("\(folder)/\($0)") }
    let numbers = try labels(of: names, folder, selection)
    var files: [String] = []
    var labels: [Int] = []
    for (name, label) in zip(names, numbers) {
      let inside = try ImageFolderReader.entries(of: "\(folder)/\(name)").filter(accepts)
      guard !inside.isEmpty else {
        throw TributaryError(
          "data.empty", "\(folder)/\(name): no \(kind) files in this class")
      }
      files += inside.map { "\(folder)/\(name)/\($0)" }
      labels += [Int](repeating: label, count: inside.count)
    }
    let chosen = try selection.select(labels, count: files.count) { index in
      files.isEmpty ? folder : files[index]
    }
    let kept = chosen.indices ?? Array(files.indices)
    let ids = try naturalIDs?.ids(files.count, of: folder)
    return ClassFolders(
      files: kept.map { files[$0] }, labels: chosen.labels, classNames: selection.names(names),
      naturalIDs: ids.map { all in kept.map { all[$0] } })
  }

  /// A label for each class folder: its place among the task's names, or among the folders.
  private static func labels(
    of names: [String], _ folder: String, _ selection: LabelSelection
  ) throws -> [Int] {
    guard let task = selection.task, selection.labels == nil else { return Array(names.indices) }
    if let known = task.classNames, names.contains(where: known.contains) {
      return try names.map { name in
        guard let label = known.firstIndex(of: name) else {
          throw TributaryError(
            "data.label", "\(folder)/\(name): this folder's name is no name in task.classes")
        }
        return label
      }
    }
    guard names.count == task.classes else {
      throw TributaryError(
        "data.label",
        "\(folder): \(names.count) class folders, but task.classes is \(task.classes)",
        advice: "give task.classes as the list of the folders' names")
    }
    return Array(names.indices)
  }
}
