internal import COneDNN

/// The CPU engine of oneDNN, made once for the process.
enum OneDNN {
  nonisolated(unsafe) static let engine: dnnl_engine_t = {
    var engine: dnnl_engine_t?
    check(dnnl_engine_create(&engine, dnnl_cpu, 0), "engine")
    return engine.unsafelyUnwrapped
  }()

  /// Whether the CPU has AVX-512, whose blocked layout has 16 channels rather than 8.
  static let channelBlock: Int =
    dnnl_get_effective_cpu_isa().rawValue
      & dnnl_cpu_isa_avx512_core.rawValue == dnnl_cpu_isa_avx512_core.rawValue ? 16 : 8
}

/// A refusal of oneDNN where it must not refuse is a bug of ours: what callers pass is checked before.
func check(_ status: dnnl_status_t, _ what: @autoclosure () -> String) {
  require(status == dnnl_success, "oneDNN refused \(what()): status \(status.rawValue)")
}
