import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDataset } from '../../../extension/engine/datasets/readers';
import { guessTasks } from '../../../extension/engine/tasks/guess';
import { removeWritten, written } from './files';

afterEach(removeWritten);

/** As `Dataset.save_to_disk` writes it. */
const info = {
  builder_name: 'csv',
  citation: '',
  features: {
    text: { dtype: 'string', _type: 'Value' },
    label: { names: ['sports', 'sci_tech'], _type: 'ClassLabel' },
  },
};
const rows = Array.from({ length: 40 }, (_, row) => `"a text of some words, number ${row}",${row % 2}\n`).join('');

describe('the names of classes in dataset_info.json', () => {
  const words = async (file: string): Promise<unknown> => guessTasks(await readDataset(file))[0]?.label?.words;

  it('become label words, whether it stands beside the data file or in the folder above', async () => {
    const beside = written('dataset_info.json', JSON.stringify(info));
    const folder = join(dirname(beside), 'data');
    mkdirSync(folder);
    for (const file of [join(dirname(beside), 'a.csv'), join(folder, 'b.csv')]) {
      writeFileSync(file, `text,label\n${rows}`);
      assert.deepEqual(await words(file), { 0: 'sports', 1: 'sci tech' });
    }
  });

  it('are left where the file is none of that kind', async () => {
    for (const content of ['{', '[]', '{"features":null}', '{"features":{"label":{"_type":"ClassLabel"}}}']) {
      const file = join(dirname(written('dataset_info.json', content)), 'a.csv');
      writeFileSync(file, `text,label\n${rows}`);
      assert.deepEqual(await words(file), { 0: '0', 1: '1' });
    }
  });
});
