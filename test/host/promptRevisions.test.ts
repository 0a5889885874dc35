import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { placeName } from '../../extension/editor/inspection/promptFiles';
import { promptOnDisk } from '../../extension/editor/inspection/promptOnDisk';
import { workspaceFolder } from './tuningWorkspace';

const scheme = 'prompt-revision';
const hash = '0123456789abcdef0123456789abcdef01234567';

/** Revisions of files as Git's file system shows them: the query tells file and revision, and what is not there is empty. */
class Revisions implements vscode.FileSystemProvider {
  readonly files = new Map<string, string>();
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  readFile(uri: vscode.Uri): Uint8Array {
    const { path } = JSON.parse(uri.query) as { path: string };
    assert.equal(vscode.Uri.file(path).path, uri.path, 'path and query name one file');
    return Buffer.from(this.files.get(basename(path)) ?? '');
  }
  stat(uri: vscode.Uri): vscode.FileStat {
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.readFile(uri).length };
  }
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }
  readDirectory = (): [] => [];
  createDirectory = (): void => undefined;
  writeFile = (): void => undefined;
  delete = (): void => undefined;
  rename = (): void => undefined;
}

describe('a revision of a prompt', () => {
  let storage: vscode.Uri;
  let revisions: Revisions;
  let registered: vscode.Disposable;
  beforeEach(async () => {
    storage = vscode.Uri.file(await mkdtemp(join(tmpdir(), 'revisions-')));
    revisions = new Revisions();
    registered = vscode.workspace.registerFileSystemProvider(scheme, revisions, { isReadonly: true });
  });
  afterEach(async () => {
    registered.dispose();
    await rm(storage.fsPath, { recursive: true });
  });

  function onDisk(name: string, ref = hash): Promise<string> {
    const path = join(workspaceFolder(), 'learned', name);
    return promptOnDisk(vscode.Uri.file(path).with({ scheme, query: JSON.stringify({ path, ref }) }), storage);
  }

  it('is an adapter of that name and revision, whichever of its files is meant, whose model is found from there', async () => {
    revisions.files.set('adapter_model.safetensors', 'weights');
    // A folder of this workspace, and a name on a hub.
    for (const [base, found] of [
      ['.', workspaceFolder()],
      ['organisation/model', 'organisation/model'],
    ] as const) {
      revisions.files.set(
        'adapter_config.json',
        JSON.stringify({ base_model_name_or_path: base, peft_type: 'PROMPT_TUNING' }),
      );
      const folder = await onDisk('adapter_model.safetensors');
      assert.equal(basename(folder), 'learned@01234567');
      assert.equal(await onDisk('adapter_config.json'), folder);
      assert.equal(await readFile(join(folder, 'adapter_model.safetensors'), 'utf8'), 'weights');
      assert.deepEqual(JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8')), {
        base_model_name_or_path: found,
        peft_type: 'PROMPT_TUNING',
      });
    }
  });

  it('of another content lies elsewhere, under the name of its revision', async () => {
    revisions.files.set('prompt.npy', 'one');
    const [one, index] = [await onDisk('prompt.npy', 'HEAD'), await onDisk('prompt.npy', '')];
    revisions.files.set('prompt.npy', 'two');
    const two = await onDisk('prompt.npy', 'HEAD');
    assert.deepEqual([one, two, index].map(placeName), ['prompt@HEAD.npy', 'prompt@HEAD.npy', 'prompt@index.npy']);
    assert.deepEqual(await Promise.all([one, two].map((file) => readFile(file, 'utf8'))), ['one', 'two']);
  });

  it('brings along what our own notes say of its frozen model, where there are any', async () => {
    revisions.files.set('adapter_config.json', '{}').set('adapter_model.safetensors', 'weights');
    const without = await onDisk('adapter_config.json');
    revisions.files.set('studio.json', '{"notes":{"model":"bundled"}}');
    const noted = await onDisk('adapter_config.json');
    assert.notEqual(noted, without);
    assert.equal(await readFile(join(noted, 'studio.json'), 'utf8'), '{"notes":{"model":"bundled"}}');
  });

  it('goes when another one is written and nobody has used it for 30 days; one that this window has shown stays', async () => {
    const days = (count: number): Date => new Date(Date.now() - count * 24 * 3_600_000);
    /** An entry as another window has left it. */
    const left = async (name: string, noted: Date, read: Date): Promise<string> => {
      const entry = join(storage.fsPath, 'revisions', name);
      const file = join(entry, 'learned@01234567', 'adapter_model.safetensors');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, 'weights');
      await utimes(file, read, noted);
      await utimes(entry, noted, noted);
      return entry;
    };
    revisions.files.set('prompt.npy', 'shown here');
    const shown = dirname(await onDisk('prompt.npy'));
    await utimes(join(shown, 'prompt@01234567.npy'), days(40), days(40));
    await utimes(shown, days(40), days(40));
    const kept = [shown, await left('a', days(29), days(29)), await left('b', days(40), days(2))];
    const unused = await left('c', days(31), days(31));

    await onDisk('prompt.npy');
    assert.ok(existsSync(unused), 'showing one again removes nothing');
    revisions.files.set('prompt.npy', 'new');
    const added = dirname(await onDisk('prompt.npy'));
    const entries = await readdir(join(storage.fsPath, 'revisions'));
    assert.deepEqual(entries.sort(), [...kept, added].map((entry) => basename(entry)).sort());
  });

  it('is nothing before its first commit', async () => {
    const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
    await assert.rejects(onDisk('prompt.npy', emptyTree), /no prompt before the first commit of .*prompt\.npy/);
  });

  it('that does not hold it is refused, naming file and revision', async () => {
    revisions.files.set('adapter_config.json', '{}');
    await assert.rejects(onDisk('adapter_config.json'), /adapter_model\.safetensors is not in the revision "01234567"/);
  });

  it('that holds a pointer of Git LFS is refused, and says what to do', async () => {
    revisions.files.set('prompt.npy', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
    await assert.rejects(
      onDisk('prompt.npy'),
      /Git LFS, and the revision "01234567" holds only a pointer.*Check that revision out/,
    );
  });
});
