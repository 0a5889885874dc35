/** What the page of the Runs panel is made of; addresses as the webview may load them (`asWebviewUri`). */
export interface RunsPanelPage {
  /** `dist/webview/runs.js` */
  readonly script: string;
  /** The editor's own source of local resources (`webview.cspSource`). */
  readonly source: string;
  /** Fresh random token of this page, letters and digits. */
  readonly nonce: string;
  /** BCP 47 tag of the editor's language. */
  readonly language: string;
}

/**
 * The page of the Runs panel, with its content security policy. Nothing is loaded but the one script; styles are constructed
 * style sheets. The nonce is allowed for styles too, and named in `csp-nonce`, because the toolkit probes for `:focus-visible`
 * with a style element that carries it.
 */
export function runsPanelPage({ script, source, nonce, language }: RunsPanelPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `img-src ${source}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runs</title>
</head>
<body>
<runs-panel></runs-panel>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
