public import TributaryCore
public import TributaryPlan

/// Reads labelled or unlabelled examples from a file or a folder, in their order there.
///
/// Every bad record is an error that names the file and the line or record.
public enum DatasetReader {
  /// Which part of a dataset is meant, where a folder holds both.
  public enum Split: String, Sendable { case train, validation, test }

  /// The examples of `data.train`, the first `data.trainLimit` of them.
  public static func train(_ plan: RunPlan) throws -> Dataset {
    try train(plan, naturalIDs: nil)
  }

  /// The same, with whose each example is.
  static func train(_ plan: RunPlan, naturalIDs: NaturalIDSource?) throws -> Dataset {
    if let tasks = plan.data.tasks, plan.data.train == nil {
      guard plan.data.replay == nil else {
        throw TributaryError(
          "data.replay",
          "data.replay keeps examples of former tasks, but data.tasks are learned together here",
          advice: "learn them one after the other with tributary sequence, or leave data.replay out"
        )
      }
      return try joined(tasks, of: plan, split: .train, naturalIDs: naturalIDs)
    }
    let found = try read(
      plan, plan.data.train, "train", keeping: plan.data.only, limit: plan.data.trainLimit,
      split: .train, naturalIDs: naturalIDs)
    return try replaying(found, of: plan, naturalIDs: naturalIDs)
      .part(of: plan.transfer.episodes, testing: false)
  }

  /// The examples of `data.test`, the first `data.testLimit` of them.
  public static func test(_ plan: RunPlan) throws -> Dataset {
    if let tasks = plan.data.tasks, plan.data.test == nil {
      return try joined(tasks, of: plan, split: .test, naturalIDs: nil)
    }
    return try read(
      plan, plan.data.test, "test", keeping: plan.data.only, limit: plan.data.testLimit,
      split: .test
    )
    .part(of: plan.transfer.episodes, testing: true)
  }

  /// The examples of `data.validation`; nil where there are none.
  public static func validation(_ plan: RunPlan) throws -> Dataset? {
    try plan.data.validation.map {
      try read(
        plan, $0, "validation", keeping: plan.data.only, limit: nil, split: .validation)
    }
  }

  /// The examples of `data.target`, the first `data.targetLimit` of them; nil where there is none. Labels that may be
  /// there are forgotten.
  public static func target(_ plan: RunPlan) throws -> Dataset? {
    guard let path = plan.data.target else { return nil }
    return try target(path, format: plan.data.format, plan: plan.data, task: plan.task)
  }

  /// The examples of `data.public`, the first `data.publicLimit` of them, without labels; nil where there is none.
  public static func publicExamples(_ plan: RunPlan) throws -> Dataset? {
    guard let path = plan.data.public else { return nil }
    var data = plan.data
    data.targetLimit = plan.data.publicLimit
    return try target(path, format: plan.data.format, plan: data, task: plan.task)
  }

  /// The examples at `path` without labels.
  public static func target(
    _ path: String, format: DataPlan.Format? = nil, plan: DataPlan, task: TaskPlan? = nil
  ) throws -> Dataset {
    var plan = plan
    plan.labels = nil
    let found = try read(
      path, format: format, plan: plan, limit: plan.targetLimit, labelsRequired: false,
      split: .train)
    try check(found.kind, task, path)
    return Dataset(examples: found.examples)
  }

  /// What `path` holds, without reading it: the plan's word for its format, or nil for a shard and
  /// for what only `predict` reads.
  ///
  /// - Throws: `data.file` where nothing is there, `data.format` where it cannot be told.
  public static func format(of path: String) throws -> DataPlan.Format? {
    try DataSource.find(path, format: nil, split: .train).format
  }

  /// Reads `path`.
  ///
  /// - Parameters:
  ///   - format: nil: told from the path.
  ///   - plan: the labels to keep, the size of images, the columns of texts.
  ///   - task: class count and names that labels are checked against.
  ///   - limit: at most so many examples, from the beginning, after labels were selected.
  ///   - labelsRequired: false reads unlabelled data too (`predict`).
  ///   - split: which file is meant where `path` is a folder with several.
  ///   - resize: how images become of the plan's size; by default they are stretched.
  public static func read(
    _ path: String, format: DataPlan.Format? = nil, plan: DataPlan = DataPlan(),
    task: TaskPlan? = nil, limit: Int? = nil, labelsRequired: Bool = true, split: Split? = nil,
    resize: ImageResize = ImageResize()
  ) throws -> Dataset {
    try read(
      path, format: format, plan: plan, task: task, limit: limit, labelsRequired: labelsRequired,
      split: split, resize: resize, naturalIDs: nil)
  }

  private static func read(
    _ path: String, format: DataPlan.Format?, plan: DataPlan, task: TaskPlan?, limit: Int?,
    labelsRequired: Bool, split: Split?, resize: ImageResize, naturalIDs: NaturalIDSource?
  ) throws -> Dataset {
    var selection = LabelSelection(labels: plan.labels, task: task, limit: limit)
    let features = path.hasSuffix(AudioFeatureFile.suffix) ? AudioPlan() : nil
    if let audio = plan.audio ?? features, !Shard.isShard(path) {
      let reader = AudioReader(
        plan: audio, selection: selection, labelsRequired: labelsRequired, split: split,
        naturalIDs: naturalIDs)
      let dataset = try reader.read(path)
      try check(dataset.kind, task, path)
      return dataset
    }
    let source = try DataSource.find(path, format: format, split: split)
    let size = plan.image.size
    switch source {
    case .shard(let folder):
      // Its labels were selected when it was written.
      let shard = try Shard.read(folder)
      selection.labels = nil
      var raw = RawDataset(
        examples: shard.dataset.examples, labels: shard.dataset.labels,
        classNames: shard.dataset.classNames, place: { "\(folder): example \($0 + 1)" })
      raw.naturalIDs = try naturalIDs?.ids(raw.examples.count, of: folder)
      return try finish(raw, selection, size: size, task)
    case .classFolders(let folder):
      let dataset = try ImageFolderReader.read(
        folder, selection: selection, size: size, resize: resize, naturalIDs: naturalIDs)
      try check(dataset.kind, task, path)
      return dataset
    case .images(let files):
      guard !labelsRequired else {
        throw TributaryError(
          "data.label", "\(path): images without labels",
          advice: "training and evaluation need one folder a class")
      }
      let chosen = limit.map { Array(files.prefix($0)) } ?? files
      let dataset = Dataset(
        examples: .images(try ImageFolderReader.decode(chosen, size: size, resize)))
      try check(dataset.kind, task, path)
      return dataset
    default:
      let raw = try raw(
        source, selection, plan: plan, labelsRequired: labelsRequired, split, naturalIDs)
      return try finish(raw, selection, size: size, task, resize)
    }
  }

  /// What a plan calls data.`key`: of the examples with one of `labels` the first `limit`.
  static func read(
    _ plan: RunPlan, _ path: String?, _ key: String, keeping labels: [Int]?, limit: Int?,
    split: Split, naturalIDs: NaturalIDSource? = nil
  ) throws -> Dataset {
    guard let path else {
      throw TributaryError("data.file", "data.\(key) is not set", advice: "set it in run.yaml")
    }
    // The file may have labels that are left out, and of which the task knows nothing.
    let isTold = labels == nil || plan.task.classNames != nil || plan.task.kind == .languageModel
    return try read(
      path, format: plan.data.format, plan: plan.data, task: isTold ? plan.task : nil,
      limit: labels == nil ? limit : nil, labelsRequired: true, split: split,
      resize: ImageResize(), naturalIDs: naturalIDs
    ).keeping(labels, limit: limit, of: path)
  }

  private static func raw(
    _ source: DataSource, _ selection: LabelSelection, plan: DataPlan, labelsRequired: Bool,
    _ split: Split?, _ naturalIDs: NaturalIDSource?
  ) throws -> RawDataset {
    func rows(_ path: String, _ rows: [TextRow]) throws -> RawDataset {
      var raw = try TextRows(path: path, rows: rows)
        .dataset(selection: selection, labelsRequired: labelsRequired)
      if let naturalIDs, raw.naturalIDs == nil {
        raw.naturalIDs = try naturalIDs.ids(raw.examples.count, of: path)
      }
      return raw
    }
    func table(_ path: String) -> TableReader {
      TableReader(
        path: path, plan: plan.text, labelsRequired: labelsRequired, idColumn: naturalIDs?.column)
    }
    switch source {
    case .idx(let path):
      return try images(path, labelsRequired: labelsRequired, split, naturalIDs)
    case .cifar(let paths):
      var raw = try CIFARReader.read(paths)
      try naturalIDs?.refuseColumn(of: paths[0])
      raw.naturalIDs = try naturalIDs?.ids(raw.examples.count, of: paths[0])
      return raw
    case .tabs(let path): return try rows(path, table(path).rows(DelimitedText.tabs(path)))
    case .commas(let path): return try rows(path, table(path).rows(DelimitedText.commas(path)))
    case .jsonLines(let path):
      return try rows(path, JSONLinesReader.rows(path, idKey: naturalIDs?.column?.description))
    case .lines(let path) where selection.task?.kind == .languageModel:
      return try text(path, length: plan.text.maximumTokens, naturalIDs)
    case .lines(let path):
      guard !labelsRequired else {
        throw TributaryError(
          "data.label", "\(path): plain lines have no labels",
          advice: "training and evaluation need .tsv, .csv or .jsonl")
      }
      return try rows(path, TextLines.lines(path).map { TextRow(line: $0.line, text: $0.text) })
    case .graph(let folder): return try GraphReader.read(folder, split: split)
    case .images, .classFolders, .shard:
      preconditionFailure("read by DatasetReader.read itself")
    }
  }

  private static func images(
    _ path: String, labelsRequired: Bool, _ split: Split?, _ naturalIDs: NaturalIDSource?
  ) throws -> RawDataset {
    var raw = try IDXReader.read(path, labelsRequired: labelsRequired)
    try naturalIDs?.refuseColumn(of: path)
    raw.naturalIDs = try naturalIDs?.ids(
      raw.examples.count, of: path, fallback: IDXReader.companion("clients", of: path))
    let rows = try split.flatMap { try IDXReader.rows(of: $0, path, count: raw.examples.count) }
    return rows.map(raw.subset) ?? raw
  }

  private static func text(
    _ path: String, length: Int, _ naturalIDs: NaturalIDSource?
  ) throws -> RawDataset {
    guard let naturalIDs else { return try RunningText.windows(path, length: length) }
    try naturalIDs.refuseColumn(of: path)
    if let ids = naturalIDs.path {
      throw TributaryError(
        "data.ids", "\(ids): running text has no examples that a file could give ids",
        advice: "leave data.partition.path out: it is divided by speaking role")
    }
    return try RunningText.windowsByRole(path, length: length)
  }

  private static func finish(
    _ raw: RawDataset, _ selection: LabelSelection, size: [Int]?, _ task: TaskPlan?,
    _ resize: ImageResize = ImageResize()
  ) throws -> Dataset {
    let chosen = try selection.select(raw.labels, count: raw.examples.count, place: raw.place)
    var examples = chosen.indices.map { raw.examples.subset($0) } ?? raw.examples
    if case .images(let images) = examples, let size {
      examples = .images(images.fitted(height: size[0], width: size[1], resize))
    }
    let dataset = Dataset(
      examples: examples, labels: chosen.labels, classNames: selection.names(raw.classNames),
      naturalIDs: raw.naturalIDs.map { all in chosen.indices.map { $0.map { all[$0] } } ?? all })
    try check(dataset.kind, task, raw.place(0))
    return dataset
  }

  private static func check(_ kind: TaskPlan.Kind, _ task: TaskPlan?, _ place: String) throws {
    guard let task, task.kind.input != kind.input else { return }
    throw TributaryError(
      "data.kind", "\(place): data for \(kind.rawValue), but task.kind is \(task.kind.rawValue)")
  }
}
