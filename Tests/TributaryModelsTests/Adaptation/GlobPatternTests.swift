import Testing
import TributaryModels

@Suite struct GlobPatternTests {
  @Test(arguments: [
    ("*", "anything.at.all", true), ("layer4.*", "layer4.0.conv1.weight", true),
    ("layer4.*", "layer3.0.conv1.weight", false), ("*.bias", "bn1.bias", true),
    ("*.bias", "bn1.bias.extra", false), ("a?c", "abc", true), ("a?c", "ac", false),
    ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("", "", true), ("", "x", false),
    ("*layer.5.*", "bert.encoder.layer.5.output.dense.weight", true), ("exact", "exact", true),
    ("**", "", true), ("a*", "a", true), ("*ab", "aab", true),
  ])
  func matches(pattern: String, name: String, expected: Bool) {
    #expect(GlobPattern(pattern).matches(name) == expected)
  }
}
