internal import COneDNN
internal import CTributaryKernels
internal import TributaryCore

/// The numbers in which a thread may multiply in linear layers and convolutions. Everything else, the weights
/// themselves included, is float32 always.
public enum ComputePrecision: Sendable {
  case float32
  /// Factors are rounded to 8 bits of precision, products are summed in float32: in those products that this
  /// kind of CPU multiplies faster so, the rest in float32.
  case bfloat16

  /// Runs `body` with products of this precision on this thread, gradients included.
  ///
  /// - Throws: `compute.precision` where the CPU has no instructions for it.
  public func within<Result>(_ body: () throws -> Result) throws -> Result {
    guard self == .float32 || Self.hasBFloat16 else {
      throw TributaryError(
        "compute.precision", "this CPU has no bfloat16 instructions (avx512_bf16 or amx_bf16)",
        advice: "leave local.precision at float32")
    }
    let context = ThreadContext.current
    let before = context.precision
    context.precision = self
    defer { context.precision = before }
    return try body()
  }

  /// Whether the CPU multiplies bfloat16 itself.
  static var hasBFloat16: Bool { has(dnnl_cpu_isa_avx512_core_bf16) || isEmulationAllowed }

  /// Whether it does so at a higher rate than float32: with AMX, and on AMD. Intel's AVX-512 does not: its
  /// instruction for it runs on one port of the two that multiply float32.
  static var bfloat16IsFaster: Bool { hasFasterBFloat16 || isEmulationAllowed }

  /// Whether the CPU multiplies tiles of bfloat16 (AMX): at eight times float32's rate.
  static var hasTileProducts: Bool { hasTiles || isEmulationAllowed }

  /// Whether the large products of this thread are rounded.
  static var roundsProducts: Bool {
    ThreadContext.current.precision == .bfloat16 && bfloat16IsFaster
  }

  private static let hasTiles = has(dnnl_cpu_isa_avx512_core_amx)
  private static let hasFasterBFloat16 =
    hasTiles || has(dnnl_cpu_isa_avx512_core_bf16) && tributary_cpu_is_intel() == 0

  private static func has(_ isa: dnnl_cpu_isa_t) -> Bool {
    dnnl_get_effective_cpu_isa().rawValue & isa.rawValue == isa.rawValue
  }

  /// For tests: oneDNN computes bfloat16 with AVX-512's other instructions too, slowly.
  @TaskLocal static var isEmulationAllowed = false
}
