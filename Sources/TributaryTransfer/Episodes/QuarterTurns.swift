internal import TributaryCore
internal import TributaryTensor

extension Tensor {
  /// Each of the square images `[batch, channels, side, side]` turned by so many quarters, counter-clockwise (NumPy's
  /// `rot90` over the last two axes).
  func turned(_ quarters: [Int]) -> Tensor {
    precondition(shape.rank == 4 && shape[2] == shape[3] && quarters.count == shape[0])
    let (channels, side) = (shape[1], shape[2])
    let plane = side * side
    let source = floats()
    var result = source
    for (image, turn) in quarters.enumerated() where turn % 4 != 0 {
      for channel in 0..<channels {
        let start = (image * channels + channel) * plane
        for row in 0..<side {
          for column in 0..<side {
            let from =
              switch turn % 4 {
              case 1: column * side + side - 1 - row
              case 2: (side - 1 - row) * side + side - 1 - column
              default: (side - 1 - column) * side + row
              }
            result[start + row * side + column] = source[start + from]
          }
        }
      }
    }
    return Tensor(result, shape: shape)
  }
}
