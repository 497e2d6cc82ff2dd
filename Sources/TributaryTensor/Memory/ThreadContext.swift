internal import COneDNN
internal import COpenBLAS
internal import Glibc

/// What each thread has for itself: whether it records, how many threads it may use, its primitives.
final class ThreadContext {
  var isRecording = true
  /// Walks over graphs so far; their numbers tell them apart.
  var walks = 0
  var threads: Int
  var precision = ComputePrecision.float32
  /// What captures the kernels of this thread.
  var tape: KernelTape?
  var primitives: [PrimitiveKey: AnyObject] = [:]
  let stream: dnnl_stream_t
  /// Parts of graphs whose last owner went away, freed one after the other rather than recursively.
  var graveyard: [NodeRemains] = []
  var isBurying = false

  private init() {
    _ = Self.singleThreadedBLAS
    threads = Int(omp_get_max_threads())
    var created: dnnl_stream_t?
    check(
      dnnl_stream_create(&created, OneDNN.engine, UInt32(dnnl_stream_default_flags.rawValue)),
      "stream")
    stream = created.unsafelyUnwrapped
  }

  deinit {
    primitives.removeAll()
    dnnl_stream_destroy(stream)
  }

  static var current: ThreadContext {
    if let raw = pthread_getspecific(key) {
      return Unmanaged<ThreadContext>.fromOpaque(raw).takeUnretainedValue()
    }
    let context = ThreadContext()
    pthread_setspecific(key, Unmanaged.passRetained(context).toOpaque())
    return context
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { raw in
      if let raw { Unmanaged<ThreadContext>.fromOpaque(raw).release() }
    }
    require(status == 0, "no thread-specific key left")
    return key
  }()

  /// Before a call of OpenBLAS that needs no context: see `singleThreadedBLAS`.
  static func ready() { _ = singleThreadedBLAS }

  /// OpenBLAS' own threads would compete with OpenMP's: it computes on the thread that calls it.
  private static let singleThreadedBLAS: Void = openblas_set_num_threads(1)
}
