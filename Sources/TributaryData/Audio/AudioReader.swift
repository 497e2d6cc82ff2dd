internal import TributaryCore
internal import TributaryPlan

/// WAV files as feature maps: one folder a class, listed in a manifest, or without labels.
struct AudioReader {
  let plan: AudioPlan
  let selection: LabelSelection
  let labelsRequired: Bool
  let split: DatasetReader.Split?
  let naturalIDs: NaturalIDSource?

  static func isRecording(_ name: String) -> Bool {
    !name.hasPrefix(".") && name.lowercased().hasSuffix(".wav")
  }

  /// - Throws: `data.file`, `data.audio`, `data.format`; what a manifest's rows may have wrong, with their line.
  func read(_ path: String) throws -> Dataset {
    switch try RecordingSource.find(path, split: split) {
    case .features(let file):
      let examples = try AudioFeatureFile.read(file)
      let count = min(examples.count, selection.limit ?? .max)
      return Dataset(examples: .audio(examples.subset(Array(0..<count))))
    case .files(let files):
      guard !labelsRequired else {
        throw TributaryError(
          "data.label", "\(path): recordings without labels",
          advice: "training and evaluation need one folder a class, or a manifest")
      }
      let chosen = selection.limit.map { Array(files.prefix($0)) } ?? files
      return Dataset(examples: .audio(try decode(chosen)))
    case .classFolders(let folder):
      let listed = try ClassFolders.list(
        folder, selection: selection, naturalIDs: naturalIDs, kind: "WAV",
        accepts: Self.isRecording)
      return Dataset(
        examples: .audio(try decode(listed.files)), labels: listed.labels,
        classNames: listed.classNames, naturalIDs: listed.naturalIDs)
    case .manifest(let file):
      return try listed(in: AudioManifest(path: file, plan: plan, split: split))
    }
  }

  private func listed(in manifest: AudioManifest) throws -> Dataset {
    let raw = try manifest.rows(
      selection, labelsRequired: labelsRequired, naturalIDs: naturalIDs)
    let chosen = try selection.select(raw.labels, count: raw.examples.count, place: raw.place)
    guard case .text(let files) = raw.examples else { preconditionFailure("rows are text") }
    let kept = chosen.indices ?? Array(files.texts.indices)
    return Dataset(
      examples: .audio(try decode(kept.map { manifest.path(of: files.texts[$0]) })),
      labels: chosen.labels, classNames: selection.names(nil),
      naturalIDs: raw.naturalIDs.map { all in kept.map { all[$0] } })
  }

  /// The features of `files`, in order.
  private func decode(_ files: [String]) throws -> AudioExamples {
    let extractor = try AudioFeatureExtractor(plan.features)
    var values: [Float] = []
    values.reserveCapacity(files.count * plan.features.shape.elementCount)
    for file in files {
      let recording = try WAVFile.read(file, seconds: plan.features.seconds)
      guard recording.sampleRate == plan.features.sampleRate else {
        throw WAVFile.failure(
          file,
          "\(recording.sampleRate) Hz, but data.audio.sampleRate is "
            + "\(plan.features.sampleRate)",
          advice: "set data.audio.sampleRate, or resample the recordings to one rate (sox, ffmpeg)")
      }
      values += extractor.features(of: recording.samples)
    }
    return try AudioExamples(features: plan.features, values: Bytes(copying: values))
  }
}
