import TributaryModels
import TributaryPlan

extension DataPlan {
  /// How examples are read for a model: images of its size, recordings as the features that it knows.
  ///
  /// - Parameter audio: where a manifest's columns and files are; nil: as they are usually called.
  init(labels: [Int]?, for model: ModelConfiguration, audio: AudioPlan? = nil) {
    let features = model.image?.audio
    self.init(
      labels: labels, image: ImagePlan(size: model.image.map { [$0.height, $0.width] }),
      audio: features.map {
        AudioPlan(features: $0, labelColumn: audio?.labelColumn, folder: audio?.folder)
      })
  }
}
