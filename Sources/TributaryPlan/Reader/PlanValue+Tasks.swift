extension PlanValue where Value == [DataTask] {
  static let tasks = PlanValue(
    "list of {name: ..., train: ..., test: ..., labels: [...]}", show: { _ in nil }
  ) { node, paths in
    let tasks = try node.list("a list of tasks, as [{train: a/train, test: a/test}]") {
      try $0.task(paths)
    }
    guard (1...1000).contains(tasks.count) else {
      throw PlanMismatch("has \(tasks.count) tasks; 1 to 1000 make sense")
    }
    return tasks.enumerated().map { index, task in
      var task = task
      if task.name.isEmpty { task.name = "task \(index + 1)" }
      return task
    }
  }
}

extension PlanValue where Value == [Int] {
  /// Labels to keep as they are: one is enough.
  static let someLabels = PlanValue("list of labels", show: { _ in nil }) { node, _ in
    try node.someLabels()
  }

  /// The numbers of classes of heads.
  static let heads = PlanValue("list of numbers of classes", show: { _ in nil }) { node, _ in
    let counts = try node.list("a list of numbers of classes") { try $0.wholeNumber() }
    guard (2...1000).contains(counts.count) else {
      throw PlanMismatch("needs 2 to 1000 heads, has \(counts.count)")
    }
    for count in counts { try PlanBounds.range(2, 1_000_000).check(Double(count), as: "\(count)") }
    return counts
  }
}

extension PlanNode {
  fileprivate func someLabels() throws -> [Int] {
    let labels = try list("a list of labels") { try $0.wholeNumber("a label (a whole number)") }
    guard !labels.isEmpty, labels.allSatisfy({ $0 >= 0 }), Set(labels).count == labels.count else {
      throw PlanMismatch("needs labels from 0, each once")
    }
    return labels
  }

  fileprivate func task(_ paths: PlanPaths) throws -> DataTask {
    guard case .mapping(let entries) = content else { throw mismatch("a section with train") }
    var task = DataTask(name: "", train: "")
    for entry in entries {
      guard !entry.isRepeated else { throw PlanMismatch("has \(entry.key) twice; keep one") }
      switch entry.key {
      case "name": task.name = try PlanValue<String>.text.parse(entry.value, paths)
      case "train": task.train = try PlanValue<String>.path.parse(entry.value, paths)
      case "test": task.test = try PlanValue<String>.path.parse(entry.value, paths)
      case "labels": task.labels = try entry.value.someLabels()
      default:
        throw PlanMismatch(
          "a task has name, train, test and labels, no \"\(entry.key.prefix(40))\"")
      }
    }
    guard !task.train.isEmpty else { throw PlanMismatch("has a task without train") }
    return task
  }
}
