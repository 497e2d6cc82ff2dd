internal import Foundation
internal import TributaryCore
internal import TributaryStorage

extension TokenizerJSON {
  static func normalizer(_ json: JSON) throws -> any Normalizer {
    let kind = kind(json)
    if let form = NormalizationForm(rawValue: kind) { return form }
    switch kind {
    case "Sequence": return NormalizerSequence(steps: try steps(json, "normalizers", normalizer))
    case "BertNormalizer": return bertNormalizer(json)
    case "Lowercase": return Lowercase()
    case "StripAccents": return StripAccents()
    case "Nmt": return NMTNormalizer()
    case "Strip":
      return Strip(
        left: json["strip_left"]?.bool ?? true, right: json["strip_right"]?.bool ?? true)
    case "Prepend":
      guard let content = scalars(json["prepend"]) else { throw malformed(kind) }
      return Prepend(content: content)
    case "Replace": return try replace(json)
    case "Precompiled": return try precompiled(json)
    default:
      throw unsupported(
        "normalizer", json,
        known: "BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, "
          + "Prepend, Nmt, Precompiled, Sequence")
    }
  }

  private static func bertNormalizer(_ json: JSON) -> BertNormalizer {
    let lowercases = json["lowercase"]?.bool ?? true
    return BertNormalizer(
      cleans: json["clean_text"]?.bool ?? true,
      separatesIdeographs: json["handle_chinese_chars"]?.bool ?? true,
      stripsAccents: json["strip_accents"]?.bool ?? lowercases, lowercases: lowercases)
  }

  private static func replace(_ json: JSON) throws -> Replace {
    guard let content = scalars(json["content"]) else { throw malformed("Replace") }
    return Replace(pattern: try pattern(json, of: "Replace"), content: content)
  }

  private static func precompiled(_ json: JSON) throws -> any Normalizer {
    guard let text = json["precompiled_charsmap"]?.string, !text.isEmpty else {
      return NormalizerSequence(steps: [])
    }
    guard let data = Data(base64Encoded: text) else { throw malformed("Precompiled") }
    return try PrecompiledNormalizer(charsmap: Array(data))
  }

  static func preTokenizer(_ json: JSON) throws -> any PreTokenizer {
    switch kind(json) {
    case "Sequence":
      return PreTokenizerSequence(steps: try steps(json, "pretokenizers", preTokenizer))
    case "BertPreTokenizer": return BertPreTokenizer()
    case "ByteLevel":
      return ByteLevel(
        addsPrefixSpace: json["add_prefix_space"]?.bool ?? true,
        usesPattern: json["use_regex"]?.bool ?? true)
    case "Whitespace":
      return Split(pattern: .wordsAndSymbols, behavior: .removed, isInverted: true)
    case "WhitespaceSplit": return Split(pattern: .each(\.isSpace), behavior: .removed)
    case "Metaspace": return try metaspace(json)
    case "Punctuation":
      return Split(
        pattern: .each { CharacterClasses.shared[$0].contains(.punctuation) },
        behavior: try behavior(json) ?? .isolated)
    case "Digits":
      let isolates = json["individual_digits"]?.bool ?? false
      return Split(pattern: .each(\.isNumeric), behavior: isolates ? .isolated : .contiguous)
    case "Split":
      guard let behavior = try behavior(json) else { throw malformed("Split's behavior") }
      return Split(
        pattern: try pattern(json, of: "Split"), behavior: behavior,
        isInverted: json["invert"]?.bool ?? false)
    default:
      throw unsupported(
        "pre-tokenizer", json,
        known: "BertPreTokenizer, ByteLevel, Whitespace, WhitespaceSplit, Metaspace, Punctuation, "
          + "Digits, Split, Sequence")
    }
  }

  private static func behavior(_ json: JSON) throws -> Split.Behavior? {
    guard let name = json["behavior"]?.string else { return nil }
    guard let behavior = Split.Behavior(rawValue: name) else {
      throw malformed("the behavior \(name.prefix(40))")
    }
    return behavior
  }

  private static func metaspace(_ json: JSON) throws -> Metaspace {
    guard let replacement = scalars(json["replacement"]), replacement.count == 1 else {
      throw malformed("Metaspace")
    }
    var scheme = Metaspace.PrependScheme.always
    if let name = json["prepend_scheme"]?.string {
      guard let named = Metaspace.PrependScheme(rawValue: name) else {
        throw malformed("Metaspace's prepend_scheme")
      }
      scheme = named
    }
    if json["add_prefix_space"]?.bool == false { scheme = .never }
    return Metaspace(
      replacement: replacement[0], prependScheme: scheme, splits: json["split"]?.bool ?? true)
  }

  static func decoder(_ json: JSON) throws -> any TokenDecoder {
    switch kind(json) {
    case "Sequence": return DecoderSequence(steps: try steps(json, "decoders", decoder))
    case "ByteLevel": return ByteLevel()
    case "WordPiece":
      return WordPieceDecoder(
        continuationPrefix: scalars(json["prefix"]) ?? ["#", "#"],
        cleansUp: json["cleanup"]?.bool ?? true)
    case "Metaspace": return try metaspace(json)
    case "BPEDecoder":
      return WordSuffixDecoder(suffix: scalars(json["suffix"]) ?? Array("</w>".unicodeScalars))
    case "Replace": return try replace(json)
    case "Fuse": return FuseDecoder()
    case "ByteFallback": return ByteFallbackDecoder()
    case "Strip":
      guard let content = scalars(json["content"])?.first,
        let start = json["start"]?.integer, let stop = json["stop"]?.integer, start >= 0, stop >= 0
      else { throw malformed("the decoder Strip") }
      return StripDecoder(content: content, start: start, stop: stop)
    default:
      throw unsupported(
        "decoder", json,
        known:
          "ByteLevel, WordPiece, Metaspace, BPEDecoder, Replace, Fuse, ByteFallback, Strip, Sequence"
      )
    }
  }
}
