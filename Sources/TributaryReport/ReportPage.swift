/// What is the same on every page. Neither style nor script has a character that XML would take for markup.
enum ReportPage {
  /// Nothing may be fetched, sent or embedded.
  static let contentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  static let style = Markup.verbatim(
    """

    :root { color-scheme: light dark; }
    body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 1rem; }
    figure { margin: 0; }
    figcaption { font-weight: 600; }
    svg { width: 100%; height: auto; font-size: 12px; fill: currentColor; }
    .grid { stroke: currentColor; opacity: 0.15; }
    .axis { stroke: currentColor; opacity: 0.6; }
    .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .hidden { display: none; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; margin: 0.5rem 0 1rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
    td[data-value] { text-align: right; white-space: nowrap; }
    .results label { display: block; min-width: 16em; overflow-wrap: anywhere; }
    tr { border-bottom: 1px solid rgba(128, 128, 128, 0.3); }
    .swatch { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.4em; }
    .differs { background: rgba(255, 200, 0, 0.3); }
    .digest { font: 12px monospace; }
    summary { cursor: pointer; font-weight: 600; margin: 0.5rem 0; overflow-wrap: anywhere; }

    """)

  /// A run's box shows and hides its curves.
  static let script = Markup.verbatim(
    """

    for (const box of document.querySelectorAll('input[data-run]')) {
      const show = () => {
        for (const curve of document.getElementsByClassName(box.dataset.run)) {
          curve.classList.toggle('hidden', !box.checked);
        }
      };
      box.addEventListener('change', show);
      show();
    }

    """)
}
