import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRowLines } from '../../../extension/runs/evaluationFolder';

describe('the rows of an evaluation, read piece by piece', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rows-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (text: string): Promise<void> => writeFile(join(folder, 'predictions.jsonl'), text);
  const readAll = async (): Promise<readonly string[]> => {
    const pieces: string[] = [];
    for (let from = 0; ;) {
      const { text, to } = await readRowLines(folder, 'predictions', from);
      if (to === from) return pieces;
      pieces.push(text);
      from = to;
    }
  };

  it('come whole, in more than one piece, with characters of several bytes uncut', async () => {
    const text = Array.from({ length: 40_000 }, (_, index) => `{"text": "größer 漢字 ${index} 😀"}\n`).join('');
    await write(text);
    const pieces = await readAll();
    assert.ok(pieces.length > 1);
    assert.equal(pieces.join(''), text);
    for (const piece of pieces) assert.ok(piece.endsWith('\n'));
  });

  it('stop before a line that is still being written, and go on when it is whole', async () => {
    await write('{"a": 1}\n{"b"');
    assert.deepEqual(await readAll(), ['{"a": 1}\n']);
    await write('{"a": 1}\n{"b": 2}\n');
    assert.deepEqual(await readRowLines(folder, 'predictions', 9), { to: 18, size: 18, text: '{"b": 2}\n' });
  });

  it('come even where one line is longer than a piece', async () => {
    const text = `{"text": "${'x'.repeat(3_000_000)}"}\n{}\n`;
    await write(text);
    assert.equal((await readAll()).join(''), text);
  });
});
