import Testing
@testable import TributaryReport

@Suite struct MarkupTests {
  @Test func textIsNeverMarkup() {
    #expect(
      Markup.escaped("<b a='1' c=\"2\">&amp;</b>").text
        == "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;&lt;/b&gt;")
    #expect(Markup.escaped("a\u{0}\u{1b}\u{202e}b\nc").text == "a\u{fffd}\u{fffd}\u{fffd}b c")
  }

  @Test func elements() {
    let inner = Markup.element("td", ["data-value": "\"><script>"], text: "x")
    #expect(
      Markup.element("tr", [:], [inner]).text
        == "<tr><td data-value=\"&quot;&gt;&lt;script&gt;\">x</td></tr>")
    #expect(Markup.element("line", ["x1": "1"]).text == "<line x1=\"1\"/>")
    // HTML would take <td/> for an open one.
    #expect(Markup.element("td").text == "<td></td>")
  }
}
