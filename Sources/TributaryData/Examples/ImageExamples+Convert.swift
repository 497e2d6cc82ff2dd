public import TributaryCore

extension ImageExamples {
  /// The same images with 1 or 3 channels.
  ///
  /// Grey becomes three equal channels; colour becomes ITU-R 601 luma,
  /// `(19595 R + 38470 G + 7471 B + 32768) / 65536`, as in Pillow's mode `L`.
  ///
  /// - Throws: `data.image` for any other pair of channel counts.
  public func converted(toChannels wanted: Int) throws -> ImageExamples {
    if wanted == channels { return self }
    let plane = height * width
    let shape: Shape = [wanted, height, width]
    switch (channels, wanted) {
    case (1, 3):
      return rewritten(shape) { image, target in
        for index in 0..<(3 * plane) { target[index] = image[index % plane] }
      }
    case (3, 1):
      return rewritten(shape) { image, target in
        for index in 0..<plane {
          let red = 19595 * Int(image[index])
          let green = 38470 * Int(image[plane + index])
          let blue = 7471 * Int(image[2 * plane + index])
          target[index] = UInt8(truncatingIfNeeded: (red + green + blue + 32768) >> 16)
        }
      }
    default:
      throw TributaryError(
        "data.image", "images with \(channels) channels cannot become images with \(wanted)")
    }
  }

  /// The same images stretched to another size as Pillow and torchvision do by default; see `Resampler`.
  public func resized(height: Int, width: Int) -> ImageExamples {
    fitted(height: height, width: width, ImageResize())
  }

  /// The same images resized as `resize` says and then cut to `height` x `width`; where an image is smaller it
  /// gets a black border.
  public func fitted(height: Int, width: Int, _ resize: ImageResize) -> ImageExamples {
    let size = resize.size(of: (self.height, self.width), output: (height, width))
    return stretched(height: size.height, width: size.width, resize.interpolation)
      .cropped(
        top: resize.cropStart(from: size.height, to: height),
        left: resize.cropStart(from: size.width, to: width), height: height, width: width)
  }

  private func stretched(
    height: Int, width: Int, _ interpolation: ImageResize.Interpolation
  ) -> ImageExamples {
    if height == self.height && width == self.width { return self }
    let resampler = Resampler(
      from: (self.height, self.width), to: (height, width), interpolation)
    let before = self.height * self.width
    let after = height * width
    return rewritten([channels, height, width]) { [channels] image, target in
      for channel in 0..<channels {
        resampler.resize(
          UnsafeRawBufferPointer(rebasing: image[(channel * before)..<((channel + 1) * before)]),
          into: UnsafeMutableRawBufferPointer(
            rebasing: target[(channel * after)..<((channel + 1) * after)]))
      }
    }
  }

  /// The window of `height` x `width` pixels at (`top`, `left`); black where it reaches beyond the image.
  private func cropped(top: Int, left: Int, height: Int, width: Int) -> ImageExamples {
    if height == self.height && width == self.width && top == 0 && left == 0 { return self }
    let columns = max(0, left)..<max(0, left, min(self.width, left + width))
    return rewritten([channels, height, width]) { image, target in
      target.initializeMemory(as: UInt8.self, repeating: 0)
      for channel in 0..<channels {
        for row in max(0, top)..<max(0, top, min(self.height, top + height)) {
          let source = (channel * self.height + row) * self.width
          let start = (channel * height + row - top) * width + columns.lowerBound - left
          UnsafeMutableRawBufferPointer(rebasing: target[start..<start + columns.count])
            .copyMemory(
              from: UnsafeRawBufferPointer(
                rebasing: image[source + columns.lowerBound..<source + columns.upperBound]))
        }
      }
    }
  }

  private func rewritten(
    _ shape: Shape, _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Void
  ) -> ImageExamples {
    let size = shape.elementCount
    let bytes = pixels.withUnsafeBytes { source in
      Bytes(count: count * size) { target in
        for index in 0..<count {
          body(
            UnsafeRawBufferPointer(rebasing: source[(index * stride)..<((index + 1) * stride)]),
            UnsafeMutableRawBufferPointer(rebasing: target[(index * size)..<((index + 1) * size)]))
        }
      }
    }
    return ImageExamples(shape: shape, pixels: bytes, count: count)
  }
}
