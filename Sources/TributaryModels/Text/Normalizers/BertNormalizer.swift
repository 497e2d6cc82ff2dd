/// What BERT's tokenizer does to text before it splits words: clean, set ideographs apart, strip
/// accents, lower case. The same steps in the same order as Hugging Face's `BertNormalizer`.
struct BertNormalizer: Normalizer, Equatable {
  var cleans = true
  var separatesIdeographs = true
  var stripsAccents = true
  var lowercases = true

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let classes = CharacterClasses.shared
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.count)
    for scalar in text {
      let kind = classes[scalar]
      if cleans && kind.contains(.removed) { continue }
      if cleans && kind.contains(.space) {
        scalars.append(" ")
      } else if separatesIdeographs && kind.contains(.ideograph) {
        scalars += [" ", scalar, " "]
      } else {
        scalars.append(scalar)
      }
    }
    if stripsAccents {
      scalars = NormalizationForm.nfd.normalize(scalars)
      scalars.removeAll { $0.value >= 0x80 && classes[$0].contains(.nonspacingMark) }
    }
    return lowercases ? Lowercase().normalize(scalars) : scalars
  }
}
