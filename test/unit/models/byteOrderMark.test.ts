import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { ModelError } from '../../../extension/engine/models/modelError';
import { readExperiment } from '../../../extension/trainer/jobs/experimentSource';
import { modelFixtures } from './modelFixtures';

describe('a JSON file that Notepad or PowerShell has written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'marked-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const marked = (text: string): Buffer => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
  const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

  it('is read with its byte order mark: each file of a model', async () => {
    const original = join(modelFixtures, 'llama-sharded');
    cpSync(original, folder, { recursive: true });
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors.index.json'])
      writeFileSync(join(folder, name), marked(readFileSync(join(original, name), 'utf8')));
    const [plain, model] = [await loadFrozenModel(original), await loadFrozenModel(folder)];
    assert.deepEqual(model.encodeInput('a text'), plain.encodeInput('a text'));
    assert.equal(model.parameters, plain.parameters);
  });

  it('is refused as UTF-16 by its name, with the way out', async () => {
    cpSync(join(modelFixtures, 'llama-tied'), folder, { recursive: true });
    const file = join(folder, 'config.json');
    writeFileSync(file, utf16(readFileSync(file, 'utf8')));
    await assert.rejects(loadFrozenModel(folder), (error: Error) => {
      assert.ok(error instanceof ModelError);
      assert.match(error.message, /config.json: .*written in UTF-16, and JSON files are UTF-8. Save it as UTF-8/);
      return true;
    });
    const experiment = join(folder, 'a.tune.json');
    writeFileSync(experiment, utf16('{}'));
    await assert.rejects(readExperiment(experiment), /a.tune.json: it is written in UTF-16/);
  });
});
