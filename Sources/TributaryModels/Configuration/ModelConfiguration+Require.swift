internal import TributaryCore

extension ModelConfiguration {
  /// The images of an image model.
  func requireImage() throws -> ImageConfiguration {
    guard let image else {
      throw TributaryError("model.configuration", "\(architecture) needs to know its images' size")
    }
    try image.validate()
    return image
  }

  /// The encoder of a text model.
  func requireBert() throws -> BertConfiguration {
    guard let bert else {
      throw TributaryError(
        "model.configuration", "\(architecture) needs a Hugging Face config.json",
        advice: "point backbone.path at the model's folder")
    }
    return bert
  }
}
