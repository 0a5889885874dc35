import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeName, promptHash, promptPlace } from '../../../extension/editor/inspection/promptFiles';

describe('the files of a prompt', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prompt-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };

  it('have another hash when their content is another', async () => {
    await write('a.npy', 'one');
    const before = await promptHash(join(folder, 'a.npy'));
    assert.equal(await promptHash(join(folder, 'a.npy')), before);
    await write('a.npy', 'two');
    assert.notEqual(await promptHash(join(folder, 'a.npy')), before);
  });

  it('of a run have another hash when it has one checkpoint more', async () => {
    await write('checkpoints/step-000010/adapter_model.safetensors', 'one');
    const before = await promptHash(folder);
    await write('checkpoints/step-000020/adapter_model.safetensors', 'two');
    assert.notEqual(await promptHash(folder), before);
  });

  it('that are not there are an error that names them', async () => {
    await assert.rejects(promptHash(join(folder, 'missing.npy')), /missing\.npy/);
  });

  it('stand for their folder, which is named after its run where it is a checkpoint', () => {
    assert.equal(promptPlace('/a/topics/adapter_config.json'), '/a/topics');
    assert.equal(promptPlace('/a/topics.npy'), '/a/topics.npy');
    assert.equal(placeName('/a/topics/adapter_model.safetensors'), 'topics');
    assert.equal(placeName('/runs/topics-1/checkpoints/step-000300'), 'topics-1 step-000300');
  });
});
