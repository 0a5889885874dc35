import * as vscode from 'vscode';

/** Shows a file or folder in the explorer, or in the system's own when it lies outside the workspace. */
export async function reveal(path: string): Promise<void> {
  const place = vscode.Uri.file(path);
  const inside = vscode.workspace.getWorkspaceFolder(place) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', place);
}
