/** The panels of the extension: each is one bundle, `dist/webview/ENTRY.js`, that defines one element. */
export const webviewEntries = {
  runs: 'runs-panel',
  inspect: 'inspect-panel',
  diff: 'diff-panel',
  evaluation: 'evaluation-panel',
} as const;
export type WebviewEntry = keyof typeof webviewEntries;

/** What the page of a panel is made of; addresses as the webview may load them (`asWebviewUri`). */
export interface WebviewPage {
  readonly entry: WebviewEntry;
  /** Title of the page, as a screen reader says it. */
  readonly title: string;
  /** `dist/webview/ENTRY.js` */
  readonly script: string;
  /** The editor's own source of local resources (`webview.cspSource`). */
  readonly source: string;
  /** Fresh random token of this page, letters and digits. */
  readonly nonce: string;
  /** BCP 47 tag of the editor's language. */
  readonly language: string;
}

/**
 * The page of a panel, with its content security policy. Nothing is loaded but the one script; styles are constructed style
 * sheets. The nonce is allowed for styles too, and named in `csp-nonce`, because the toolkit probes for `:focus-visible` with a
 * style element that carries it.
 */
export function webviewPage({ entry, title, script, source, nonce, language }: WebviewPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `img-src ${source} blob:`,
  ].join('; ');
  const element = webviewEntries[entry];
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
</head>
<body>
<${element}></${element}>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
