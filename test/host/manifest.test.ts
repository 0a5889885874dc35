import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in a real extension host', () => {
  const extension = (): vscode.Extension<unknown> => {
    const found = vscode.extensions.getExtension('soft-prompt-studio.soft-prompt-studio');
    assert.ok(found, 'the extension is not installed in this host');
    return found;
  };

  it('runs beside the files, never in a browser', () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
  });
  it('activates', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });
});
