import * as vscode from 'vscode';
import { promptTextUri } from '../inspection/promptTexts';
import { promptPlace } from '../inspection/promptFiles';

/**
 * An entry of "Open With" for prompt files that opens the readable form. An editor of one's own is the only way into that list;
 * this one gives its place to the text at once.
 */
export function registerPromptTextEditor(): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => {
      const text = promptTextUri({ prompt: promptPlace(uri.fsPath) });
      const column = panel.viewColumn ?? vscode.ViewColumn.Active;
      void vscode.window.showTextDocument(text, { viewColumn: column, preview: false }).then(() => {
        panel.dispose();
      });
    },
  };
  return vscode.window.registerCustomEditorProvider('softPrompt.promptTextEditor', provider);
}
