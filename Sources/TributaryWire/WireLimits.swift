/// What a message may carry, at write and at read; `protocol/002-messages.md` lists them.
public enum WireLimits {
  /// Octets of a header frame.
  public static let headerByteCount = 4 << 20
  /// Octets of raw frames in one Chunk, and so of a frame.
  public static let chunkByteCount = 1 << 20
  /// Ranges in a Fetch, pieces in a Chunk.
  public static let rangeCount = 512
  /// Frames in a message.
  public static let frameCount = rangeCount + 1
  /// Tensors or assets in a manifest.
  public static let manifestCount = 16_384
  public static let rank = 16
  /// UTF-8 octets of a tensor's or an asset's name.
  public static let nameByteCount = 512
  /// UTF-8 octets of a reason; longer ones are cut by the sender.
  public static let reasonByteCount = 2048
  public static let settingsByteCount = 256 << 10
  public static let metricCount = 256
  /// Octets of one blob.
  public static let blobByteCount = 16 << 30
}
