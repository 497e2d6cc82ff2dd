internal import COneDNN
internal import TributaryCore

/// oneDNN's description of a tensor in memory.
struct MemoryDescriptor: Equatable {
  var raw: dnnl_memory_desc_t

  init(raw: dnnl_memory_desc_t) { self.raw = raw }

  init(_ shape: Shape, _ layout: Layout, type: dnnl_data_type_t = dnnl_f32) {
    switch layout {
    case .rowMajor: self.init(shape.dimensions, strides: shape.rowMajorStrides, type: type)
    case .strided(let strides): self.init(shape.dimensions, strides: strides, type: type)
    case .blocked(let block):
      self.init(shape.dimensions, tag: block == 16 ? dnnl_aBcd16b : dnnl_aBcd8b, type: type)
    }
  }

  init(_ dimensions: [Int], strides: [Int], type: dnnl_data_type_t = dnnl_f32) {
    raw = dnnl_memory_desc_t()
    check(
      dnnl_memory_desc_init_by_strides(
        &raw, Int32(dimensions.count), dimensions.map(Int64.init), type,
        strides.map(Int64.init)), "strides \(strides) of \(dimensions)")
  }

  init(_ dimensions: [Int], tag: dnnl_format_tag_t, type: dnnl_data_type_t = dnnl_f32) {
    raw = dnnl_memory_desc_t()
    check(
      dnnl_memory_desc_init_by_tag(
        &raw, Int32(dimensions.count), dimensions.map(Int64.init), type, tag),
      "format \(tag.rawValue) of \(dimensions)")
  }

  /// The format that a primitive likes best.
  static func any(
    _ dimensions: [Int], type: dnnl_data_type_t = dnnl_f32
  ) -> MemoryDescriptor {
    MemoryDescriptor(dimensions, tag: dnnl_format_tag_any, type: type)
  }

  static func == (left: MemoryDescriptor, right: MemoryDescriptor) -> Bool {
    withUnsafePointer(to: left.raw) { a in
      withUnsafePointer(to: right.raw) { b in dnnl_memory_desc_equal(a, b) != 0 }
    }
  }

  var byteCount: Int { withUnsafePointer(to: raw) { Int(dnnl_memory_desc_get_size($0)) } }

  /// The layout of ours that this is, for `shape`; nil where it is none.
  func layout(of shape: Shape) -> Layout? {
    var candidates: [Layout] = [.rowMajor]
    if shape.rank == 4 { candidates = [.blocked(16), .blocked(8), .rowMajor] }
    return candidates.first { self == MemoryDescriptor(shape, $0) }
  }
}
