internal import TributaryCore

/// The form since PyTorch 1.6: a ZIP archive of `NAME/data.pkl`, `NAME/data/KEY` for each storage, and
/// `NAME/byteorder`.
struct TorchArchive {
  let content: TorchContent
  private let archive: ZipArchive
  private let folder: String
  private let name: String

  static func begins(_ bytes: Bytes) -> Bool { bytes.littleEndian(at: 0) == 0x0403_4b50 as UInt32 }

  init(_ bytes: Bytes, name: String) throws {
    self.name = name
    archive = try ZipArchive(bytes, name: name)
    let pickles = archive.files.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let path = pickles.first, let pickle = archive[path] else {
      throw TributaryError(
        "checkpoint.format", "\(name): a ZIP archive with \(pickles.count) data.pkl, not one",
        advice: "only checkpoints that torch.save wrote can be read")
    }
    folder = String(path.dropLast("data.pkl".count))
    guard archive.files["\(folder)constants.pkl"] == nil else {
      throw TributaryError(
        "checkpoint.format", "\(name): a TorchScript program, not a checkpoint",
        advice: "load it in PyTorch where you trust it, and save its state_dict()")
    }
    var machine = PickleMachine(PickleCursor(pickle, name: name))
    let root = try machine.run()
    let order = archive["\(folder)byteorder"]?.array(of: UInt8.self)
    content = TorchContent(
      root: root, graph: machine.graph, isBigEndian: order == Array("big".utf8))
  }

  /// - Throws: `checkpoint.storage` where it is missing or not as large as the pickle says.
  func block(of storage: TorchStorage) throws -> Bytes {
    let size = storage.count * storage.dtype.byteCount
    guard let block = archive["\(folder)data/\(storage.key)"] else {
      // Nothing is written for a storage without elements by every version.
      if size == 0 { return .empty }
      throw error("storage \(storage.key.prefix(80)) is not there")
    }
    guard block.count == size else {
      throw error(
        "storage \(storage.key.prefix(80)) has \(block.count) bytes, its pickle says \(size)")
    }
    return block
  }

  private func error(_ what: String) -> TributaryError {
    TributaryError(
      "checkpoint.storage", "\(name): \(what)", advice: "fetch or copy the file again")
  }
}
