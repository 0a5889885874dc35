import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type WebviewEntry, webviewPage } from '../../protocol/webviewPage';

/** Loads the page of a panel into its webview, which may run that one script and load nothing else. */
export function loadPanelPage(
  webview: vscode.Webview,
  extension: vscode.Uri,
  entry: WebviewEntry,
  title: string,
): void {
  const folder = vscode.Uri.joinPath(extension, 'dist', 'webview');
  webview.options = { enableScripts: true, localResourceRoots: [folder], enableCommandUris: false };
  webview.html = webviewPage({
    entry,
    title,
    script: webview.asWebviewUri(vscode.Uri.joinPath(folder, `${entry}.js`)).toString(),
    source: webview.cspSource,
    nonce: randomBytes(16).toString('hex'),
    language: vscode.env.language,
  });
}
