internal import COneDNN

/// Which primitive: an operation and every number that its plan depends on.
struct PrimitiveKey: Hashable {
  enum Operation: Int {
    case reorder, convolution, pool, matmul, rounding, widening
  }

  private let numbers: [Int]

  init(_ operation: Operation, _ numbers: [Int], layouts: [Layout] = []) {
    var all = [operation.rawValue, numbers.count]
    all += numbers
    for layout in layouts {
      switch layout {
      case .rowMajor: all.append(0)
      case .blocked(let block): all.append(block)
      case .strided(let strides): all += strides.map { $0 << 1 | 1 << 40 }
      }
    }
    self.numbers = all
  }
}

/// A planned oneDNN computation with its memory objects, pointed at new buffers on each run.
///
/// It belongs to one thread (the cache in `ThreadContext`), so a run needs no lock.
final class Primitive {
  private let primitive: dnnl_primitive_t
  private var arguments: [dnnl_exec_arg_t] = []
  private let scratchByteCount: Int

  /// `descriptor` is used up. `arguments`: oneDNN's argument numbers with their descriptors.
  init(_ descriptor: dnnl_primitive_desc_t, _ arguments: [(Int32, MemoryDescriptor)]) {
    var created: dnnl_primitive_t?
    check(dnnl_primitive_create(&created, descriptor), "a primitive")
    primitive = created.unsafelyUnwrapped
    let scratch = Self.query(descriptor, dnnl_query_scratchpad_md)
    scratchByteCount = scratch?.byteCount ?? 0
    var all = arguments
    if let scratch, scratchByteCount > 0 { all.append((Argument.scratchpad, scratch)) }
    for (number, memory) in all {
      var object: dnnl_memory_t?
      withUnsafePointer(to: memory.raw) {
        check(dnnl_memory_create(&object, $0, OneDNN.engine, nil), "memory")
      }
      self.arguments.append(dnnl_exec_arg_t(arg: number, memory: object))
    }
    dnnl_primitive_desc_destroy(descriptor)
  }

  deinit {
    for argument in arguments { dnnl_memory_destroy(argument.memory) }
    dnnl_primitive_destroy(primitive)
  }

  /// Runs on `buffers`, one for each argument in the order given to `init`.
  func run(_ buffers: UnsafeMutableRawPointer...) {
    let scratch = scratchByteCount > 0 ? Storage(byteCount: scratchByteCount) : nil
    for (index, buffer) in buffers.enumerated() {
      dnnl_memory_set_data_handle(arguments[index].memory, buffer)
    }
    if let scratch {
      dnnl_memory_set_data_handle(arguments[arguments.count - 1].memory, scratch.pointer)
    }
    let stream = ThreadContext.current.stream
    check(
      dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments), "to execute")
    withExtendedLifetime(scratch) {}
  }

  static func query(
    _ descriptor: dnnl_primitive_desc_t, _ what: dnnl_query_t
  ) -> MemoryDescriptor? {
    dnnl_primitive_desc_query_md(descriptor, what, 0).map { MemoryDescriptor(raw: $0.pointee) }
  }

  /// The plan for `operation` (a filled oneDNN operation descriptor), scratch memory ours; nil where
  /// oneDNN has no implementation.
  static func plan<Descriptor>(
    _ operation: Descriptor, hint: dnnl_primitive_desc_t? = nil, after: dnnl_post_ops_t? = nil
  ) -> dnnl_primitive_desc_t? {
    var attributes: dnnl_primitive_attr_t?
    check(dnnl_primitive_attr_create(&attributes), "attributes")
    defer { dnnl_primitive_attr_destroy(attributes) }
    check(
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "scratchpad")
    if let after { check(dnnl_primitive_attr_set_post_ops(attributes, after), "post-operations") }
    var descriptor: dnnl_primitive_desc_t?
    let status = withUnsafePointer(to: operation) {
      dnnl_primitive_desc_create(&descriptor, $0, attributes, OneDNN.engine, hint)
    }
    return status == dnnl_success ? descriptor : nil
  }

  /// From the thread's cache, or made.
  static func cached<Plan: AnyObject>(_ key: PrimitiveKey, _ make: () -> Plan) -> Plan {
    let context = ThreadContext.current
    if let found = context.primitives[key] as? Plan { return found }
    let made = make()
    context.primitives[key] = made
    return made
  }
}

/// oneDNN's argument numbers (macros that Swift does not all see).
enum Argument {
  static let source: Int32 = 1
  static let destination: Int32 = 17
  static let weights: Int32 = 33
  static let bias: Int32 = 41
  static let workspace: Int32 = 64
  static let scratchpad: Int32 = 80
  static let sourceGradient: Int32 = 129
  static let destinationGradient: Int32 = 145
  static let weightsGradient: Int32 = 161
  static let biasGradient: Int32 = 169
  /// The second operand of the first post-operation.
  static let firstPostOperation: Int32 = 16384 | 2
}
