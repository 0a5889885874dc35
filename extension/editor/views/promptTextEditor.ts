import * as vscode from 'vscode';
import { promptTextUri } from '../inspection/promptTexts';
import { promptOnDisk } from '../inspection/promptOnDisk';

/**
 * An entry of "Open With" for prompt files that opens the readable form. An editor of one's own is the only way into that list;
 * this one gives its place to the text at once.
 *
 * @param storage where a prompt is written that lies nowhere, such as a revision.
 */
export function registerPromptTextEditor(storage: vscode.Uri): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: async ({ uri }, panel) => {
      const text = promptTextUri({ prompt: await promptOnDisk(uri, storage) });
      const column = panel.viewColumn ?? vscode.ViewColumn.Active;
      void vscode.window.showTextDocument(text, { viewColumn: column, preview: false }).then(() => {
        panel.dispose();
      });
    },
  };
  return vscode.window.registerCustomEditorProvider('softPrompt.promptTextEditor', provider);
}
