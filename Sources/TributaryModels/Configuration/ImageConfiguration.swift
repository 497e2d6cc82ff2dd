public import TributaryCore

/// The images that a model's first layer expects.
public struct ImageConfiguration: Sendable, Codable, Equatable {
  public var channels: Int
  public var height: Int
  public var width: Int
  /// Per channel, of pixels scaled to 0...1: the model sees `(pixel - mean) / standardDeviation`.
  public var mean: [Float]
  public var standardDeviation: [Float]
  /// How images of other sizes become of this one.
  public var resize: ImageResize
  /// What of a recording the map is made of, rows by frames, whose values are normalised as they are; nil: pixels.
  public var audio: AudioFeatures?

  public init(
    channels: Int, height: Int, width: Int, mean: [Float], standardDeviation: [Float],
    resize: ImageResize = ImageResize(), audio: AudioFeatures? = nil
  ) {
    self.channels = channels
    self.height = height
    self.width = width
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.resize = resize
    self.audio = audio
  }

  /// `[channels, height, width]`
  public var shape: Shape { [channels, height, width] }

  /// A default configuration with what `request` says in place of its parts.
  ///
  /// Pixels stay in 0...1 with `.unit`, come to lie in -1...1 with `.half`; with `.imageNet` they are normalised by ImageNet's statistics, which for
  /// one channel are the means over the colours.
  ///
  /// - Parameter resize: how images are fitted where the request names no size, which stretches them; nil: for
  ///   `.imageNet` from 224 pixels on as torchvision evaluates (the shorter side to 256 for 224, then the
  ///   centre), else stretched.
  static func standard(
    _ normalization: Normalization, channels: Int, side: Int, request: ImageRequest,
    resize: ImageResize? = nil
  ) -> ImageConfiguration {
    let channels = request.channels ?? request.mean?.count ?? channels
    let mean: [Float]
    let deviation: [Float]
    switch (normalization, channels) {
    case (.imageNet, 3): (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    case (.imageNet, _):
      mean = [Float](repeating: 0.449, count: channels)
      deviation = [Float](repeating: 0.226, count: channels)
    case (.half, _):
      mean = [Float](repeating: 0.5, count: channels)
      deviation = mean
    case (.unit, _):
      mean = [Float](repeating: 0, count: channels)
      deviation = [Float](repeating: 1, count: channels)
    }
    let usual =
      resize
      ?? (normalization == .imageNet && side >= 224
        ? ImageResize(.shorterSide((side * 256 + 112) / 224)) : ImageResize())
    return ImageConfiguration(
      channels: channels, height: request.height ?? side, width: request.width ?? side,
      mean: request.mean ?? mean, standardDeviation: request.standardDeviation ?? deviation,
      resize: request.namesSize ? ImageResize() : usual, audio: request.audio)
  }

  enum Normalization { case unit, half, imageNet }

  /// This configuration with what `request` says in place of its parts.
  func applying(_ request: ImageRequest) -> ImageConfiguration {
    ImageConfiguration(
      channels: request.channels ?? channels, height: request.height ?? height,
      width: request.width ?? width, mean: request.mean ?? mean,
      standardDeviation: request.standardDeviation ?? standardDeviation,
      resize: request.namesSize ? ImageResize() : resize, audio: request.audio ?? audio)
  }

  /// - Throws: `model.configuration` for impossible sizes or normalisations.
  func validate() throws {
    let sizes = [channels, height, width]
    guard sizes.allSatisfy({ (1...16384).contains($0) }) else {
      throw TributaryError("model.configuration", "images of \(shape) cannot be")
    }
    guard mean.count == channels, standardDeviation.count == channels else {
      throw TributaryError(
        "model.configuration",
        "\(channels) channels need as many means and standard deviations, not \(mean.count) and "
          + "\(standardDeviation.count)")
    }
    guard audio.map({ $0.problem == nil && $0.shape == shape }) ?? true else {
      throw TributaryError(
        "model.configuration", "features of recordings are not of shape \(shape)",
        advice: "use an architecture for maps of one channel, new or trained on the same features")
    }
    guard mean.allSatisfy(\.isFinite), standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw TributaryError("model.configuration", "a standard deviation must be above 0")
    }
  }
}

/// What somebody wants of a model's images; nil leaves it to the checkpoint or the architecture.
public struct ImageRequest: Sendable, Equatable {
  public var channels: Int?
  public var height: Int?
  public var width: Int?
  public var mean: [Float]?
  public var standardDeviation: [Float]?
  public var audio: AudioFeatures?

  public init(
    channels: Int? = nil, height: Int? = nil, width: Int? = nil, mean: [Float]? = nil,
    standardDeviation: [Float]? = nil, audio: AudioFeatures? = nil
  ) {
    self.channels = channels
    self.height = height
    self.width = width
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.audio = audio
  }

  /// The maps of recordings, whose values stay as they are.
  public init(_ audio: AudioFeatures) {
    self.init(
      channels: 1, height: audio.rows, width: audio.frames, mean: [0], standardDeviation: [1],
      audio: audio)
  }

  /// Images are stretched to a size that somebody names.
  var namesSize: Bool { height != nil || width != nil }

  /// This request, with `other`'s wishes where it has none.
  func completed(by other: ImageRequest) -> ImageRequest {
    ImageRequest(
      channels: channels ?? other.channels, height: height ?? other.height,
      width: width ?? other.width, mean: mean ?? other.mean,
      standardDeviation: standardDeviation ?? other.standardDeviation, audio: audio ?? other.audio)
  }
}
