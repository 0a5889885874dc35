/** Style of the page itself: a panel has no margins of its own, unlike the editor's default for webviews. */
export function pageStyles(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    html, body { height: 100%; margin: 0; padding: 0 !important; }
    body.vscode-light, body.vscode-high-contrast-light { color-scheme: light; }
    body.vscode-dark, body.vscode-high-contrast:not(.vscode-high-contrast-light) { color-scheme: dark; }
    body { background: var(--vscode-editor-background); overflow: hidden; }
  `);
  return sheet;
}
