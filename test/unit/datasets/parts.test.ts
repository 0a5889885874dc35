import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { dataParts, trainingFile } from '../../../extension/engine/datasets/parts';
import { openDataset, readDataset } from '../../../extension/engine/datasets/readers';
import { readExperiment } from '../../../extension/trainer/jobs/experimentSource';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** A folder with these files. */
function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = mkdtempSync(join(tmpdir(), 'soft-prompt-parts-'));
  folders.push(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}
function row(text: string): string {
  return `{"text":"${text}","label":1}\n`;
}
function parquet(...texts: readonly string[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data: [...texts], type: 'STRING' }] }));
}
async function texts(path: string): Promise<(string | undefined)[]> {
  return (await readDataset(path)).rows.map(({ values }) => values.text);
}

describe('a data set in parts', () => {
  for (const [train, dev, test] of [
    ['train.jsonl', 'dev.jsonl', 'test.jsonl'],
    ['train.csv', 'validation.csv', 'test.tsv'],
    ['Train.json', 'valid.jsonl.gz', 'TEST.CSV'],
    ['training.jsonl', 'val.jsonl', 'testing.jsonl'],
  ] as const) {
    it(`is a folder with ${train}, ${dev} and ${test}`, async () => {
      const path = folder({ [train]: 'x', [dev]: 'x', [test]: 'x', 'README.md': 'x', 'training_args.json': '{}' });
      assert.deepEqual(await dataParts(path), {
        train: join(path, train),
        dev: join(path, dev),
        test: join(path, test),
      });
    });
  }

  it("is a folder with the hub's pieces, which are read as one", async () => {
    const path = folder({
      'README.md': 'x',
      'data/train-00000-of-00002.parquet': parquet('a', 'b'),
      'data/train-00001-of-00002.parquet': parquet('c'),
      'data/test-00000-of-00001.parquet': parquet('d'),
    });
    const parts = (await dataParts(path))!;
    assert.deepEqual(parts, {
      train: join(path, 'data', 'train-*-of-00002.parquet'),
      test: join(path, 'data', 'test-*-of-00001.parquet'),
    });
    const { rows, sha256 } = await readDataset(parts.train);
    assert.deepEqual(
      rows.map(({ row: number, values }) => [number, values.text]),
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    );
    assert.match(sha256, /^[0-9a-f]{64}$/);
    rmSync(join(path, 'data', 'train-00001-of-00002.parquet'));
    await assert.rejects(openDataset(parts.train), /train-00001-of-00002\.parquet: there is no such file/);
  });

  it('is a JSON file that names them, each of which can be read', async () => {
    const path = folder({
      'a.json': `{"train": [${row('a')},${row('b')}], "validation": [${row('c')}], "test": {"text": ["d", "e"]}}`,
    });
    const file = join(path, 'a.json');
    const parts = (await dataParts(file))!;
    assert.deepEqual(parts, { train: `${file}#train`, dev: `${file}#validation`, test: `${file}#test` });
    assert.deepEqual(await texts(parts.train), ['a', 'b']);
    assert.deepEqual(await texts(parts.dev), ['c']);
    assert.deepEqual(await texts(parts.test), ['d', 'e']);
    assert.equal(await trainingFile(file), parts.train);
    await assert.rejects(
      readDataset(`${file}#other`),
      /has no part "other"; its parts are "train", "validation", "test"/,
    );
  });

  it('is none of the files that only hold rows', async () => {
    const path = folder({
      'a.json': '{"train": "by coach", "test": [1]}',
      'b.json': `[${row('a')}]`,
      'c.jsonl': row('a'),
    });
    for (const name of ['a.json', 'b.json', 'c.jsonl']) assert.equal(await dataParts(join(path, name)), undefined);
    assert.equal(await trainingFile(join(path, 'c.jsonl')), join(path, 'c.jsonl'));
  });

  it('without a part to learn from, or with two files for a part, is refused with what to do', async () => {
    await assert.rejects(
      dataParts(folder({ 'test.csv': 'x' })),
      /is a folder without a file of rows to learn from; call its files train\.jsonl/,
    );
    await assert.rejects(
      dataParts(folder({ 'train.csv': 'x', 'dev.csv': 'x', 'validation.csv': 'x' })),
      /has two files for its dev part, "dev\.csv" and "validation\.csv"; name the files/,
    );
  });

  it('is named by an experiment, whose run knows the parts', async () => {
    const label = { column: 'label', words: { '1': 'a', '0': 'b' } };
    const experiment = (data: unknown): string =>
      JSON.stringify({ model: 'bundled', data, task: { template: '{text}', label } });
    const path = folder({
      'reviews/train.jsonl': row('a'),
      'reviews/validation.jsonl': row('b'),
      'reviews/test.jsonl': row('c'),
      'other.csv': 'x',
      'short.tune.json': experiment('reviews'),
      'long.tune.json': experiment({ train: 'reviews', test: 'other.csv' }),
      'file.tune.json': experiment({ train: 'reviews/train.jsonl' }),
    });
    const data = async (name: string): Promise<unknown> => {
      const { train, dev, test } = (await readExperiment(join(path, name))).experiment.data;
      return [train, dev, test];
    };
    const [train, dev] = ['reviews/train.jsonl', 'reviews/validation.jsonl'];
    assert.deepEqual(await data('short.tune.json'), [train, dev, 'reviews/test.jsonl']);
    assert.deepEqual(await data('long.tune.json'), [train, dev, 'other.csv']);
    assert.deepEqual(await data('file.tune.json'), [train, undefined, undefined]);
  });
});
