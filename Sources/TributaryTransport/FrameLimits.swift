public import TributaryWire

/// What a peer may send before it is cut off.
public struct FrameLimits: Sendable {
  /// Frames in a message.
  public var frameCount: Int
  /// Bytes in a frame; a peer that sends a larger one loses its connection.
  public var frameByteCount: Int

  public init(
    frameCount: Int = WireLimits.frameCount, frameByteCount: Int = WireLimits.headerByteCount
  ) {
    self.frameCount = frameCount
    self.frameByteCount = frameByteCount
  }
}
