internal import TributaryCore
internal import TributaryStorage

extension ModelConfiguration {
  /// The images of an image model.
  ///
  /// - Parameter side: the fewest pixels that leave the last map some.
  func requireImage(atLeast side: Int = 1) throws -> ImageConfiguration {
    guard let image else {
      throw TributaryError("model.configuration", "\(architecture) needs to know its images' size")
    }
    try image.validate()
    guard min(image.height, image.width) >= side else {
      throw TributaryError(
        "model.configuration", "\(architecture) needs images of at least \(side)x\(side) pixels")
    }
    return image
  }

  /// The settings of an architecture whose sizes come from Hugging Face's `config.json`.
  func requireHuggingFaceSettings() throws -> JSON {
    guard settings["model_type"] != nil else {
      throw TributaryError(
        "model.configuration", "\(architecture) needs a Hugging Face config.json",
        advice: "point backbone.path at the model's folder")
    }
    return settings
  }
}
