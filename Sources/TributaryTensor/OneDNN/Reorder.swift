internal import COneDNN

extension OneDNN {
  /// Copies a tensor from one layout into another.
  static func reorder(
    from source: MemoryDescriptor, _ input: UnsafeMutableRawPointer, to target: MemoryDescriptor,
    _ output: UnsafeMutableRawPointer, key: PrimitiveKey
  ) {
    let primitive = Primitive.cached(key) { makeReorder(from: source, to: target) }
    primitive.run(input, output)
  }

  static func makeReorder(from source: MemoryDescriptor, to target: MemoryDescriptor) -> Primitive {
    var attributes: dnnl_primitive_attr_t?
    check(dnnl_primitive_attr_create(&attributes), "attributes")
    defer { dnnl_primitive_attr_destroy(attributes) }
    check(
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "scratchpad")
    var descriptor: dnnl_primitive_desc_t?
    withUnsafePointer(to: source.raw) { from in
      withUnsafePointer(to: target.raw) { to in
        check(
          dnnl_reorder_primitive_desc_create(
            &descriptor, from, engine, to, engine, attributes), "a reorder")
      }
    }
    return Primitive(
      descriptor.unsafelyUnwrapped,
      [(Argument.source, source), (Argument.destination, target)])
  }
}
