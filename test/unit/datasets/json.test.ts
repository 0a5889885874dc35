import * as assert from 'node:assert/strict';
import { rejectionText } from '../../../extension/engine/datasets/dataset';
import type { Dataset } from '../../../extension/engine/datasets/dataset';
import { readDataset } from '../../../extension/engine/datasets/readers';
import { removeWritten, written } from './files';

afterEach(removeWritten);

function read(name: string, content: string): Promise<Dataset> {
  return readDataset(written(name, content));
}
function numbers({ rows }: Dataset): number[] {
  return rows.map(({ row }) => row);
}

describe('a JSON Lines file', () => {
  it('keeps its line numbers whatever stands at the ends of its lines', async () => {
    const dataset = await read('a.jsonl', '{"text":"a"},\n\n{"text":},\n,\n\uFEFF{"text":"b"} ,\n{"text":"c"}');
    assert.deepEqual(numbers(dataset), [1, 5, 6]);
    assert.deepEqual(
      dataset.rejected.map(({ row }) => row),
      [3],
    );
  });

  it('with a damaged first line is still read line by line', async () => {
    const dataset = await read('a.jsonl', '{"text":\n{"text":"b"}\n{"text":"c"}\n');
    assert.deepEqual(numbers(dataset), [2, 3]);
    assert.deepEqual(
      dataset.rejected.map(({ row }) => row),
      [1],
    );
  });

  it('of objects that take several lines numbers them by their first', async () => {
    const dataset = await read('a.jsonl', '{\n "text":"a"\n}\n{\n "text":"b",\n "label":tru\n}\n{ "text":"c"\n}\n');
    assert.deepEqual(numbers(dataset), [1, 8]);
    assert.match(rejectionText(dataset.rejected[0]!), /^a\.jsonl:4: is not JSON/);
  });

  it('of objects that share one line has a row for each, whatever stands in their texts', async () => {
    const texts = async (content: string): Promise<unknown[]> =>
      (await read('a.jsonl', content)).rows.map(({ values }) => values.text);
    assert.deepEqual(await texts('{"text":"a }{ b"}{"text":"c"} {"text":"d"}'), ['a }{ b', 'c', 'd']);
    assert.deepEqual(await texts('{"text":"a }{ b"}\n{"text":"c"}\n'), ['a }{ b', 'c']);
  });

  it('of lists has the columns that pandas gives them', async () => {
    const dataset = await read('a.jsonl', '["a", 1]\n["b"\n["c", 0]\n');
    assert.deepEqual(
      dataset.rows.map(({ row, values }) => [row, values]),
      [
        [1, { 0: 'a', 1: '1' }],
        [3, { 0: 'c', 1: '0' }],
      ],
    );
    assert.deepEqual(dataset.notes, ['the rows are lists; their columns are called "0", "1" and so on']);
    assert.deepEqual(
      dataset.rejected.map(({ row }) => row),
      [2],
    );
  });

  it('keeps every digit of a whole number', async () => {
    const { rows } = await read('a.jsonl', '{"id":1234567890123456789,"text":"1234567890123456789 NaN"}');
    assert.deepEqual({ ...rows[0]!.values }, { id: '1234567890123456789', text: '1234567890123456789 NaN' });
  });

  it('names what its lines are where they are not JSON', async () => {
    const lines = [
      '{"text":"a"}',
      "{'text': 'a'}",
      '{"text": "it\'s", "label": True}',
      '{"text":"a"} // first',
      '{"text":"a",}',
      '{"text":"a\0b"}',
    ];
    const { rejected } = await read('a.jsonl', lines.join('\n'));
    assert.deepEqual(rejected.map(rejectionText), [
      'a.jsonl:2: is a Python dictionary with single quotes, not JSON; write the rows with json.dumps',
      'a.jsonl:3: is not JSON but Python (True, False, None); write the rows with json.dumps',
      'a.jsonl:4: is not JSON: it holds a comment; remove it',
      'a.jsonl:5: is not JSON: a comma stands behind its last value; remove it',
      'a.jsonl:6: is not JSON: it holds a zero byte; remove it',
    ]);
  });
});

describe('a JSON file of one object', () => {
  it('says which of its lists the rows are', async () => {
    const { notes } = await read('a.json', '{"version":"1.1","data":[{"text":"a"}]}');
    assert.deepEqual(notes, ['the rows are those of "data"; what else the file holds is not used']);
  });

  it('with several lists of objects is refused with their names', async () => {
    await assert.rejects(
      read('a.json', '{"good":[{"text":"a"}],"bad":[{"text":"b"},{"text":"c"}]}'),
      /^DatasetError: a\.json: holds several lists of objects, "good" \(1\), "bad" \(2\), and does not say which are the rows\./,
    );
  });

  it('in the shape of pandas table has the index as a column', async () => {
    const { rows } = await read('a.json', '{"schema":{"fields":[{"name":"index"}]},"data":[{"index":3,"text":"a"}]}');
    assert.deepEqual(
      rows.map(({ values }) => ({ ...values })),
      [{ index: '3', text: 'a' }],
    );
  });

  it("of the hub's rows tells the names of classes and which cells are not whole", async () => {
    const features = [{ name: 'label', type: { _type: 'ClassLabel', names: ['bad', 'good'] } }];
    const rows = [
      { row_idx: 0, row: { text: 'a', label: 1 }, truncated_cells: [] },
      { row_idx: 1, row: { text: 'bbb', label: 0 }, truncated_cells: ['text'] },
    ];
    const dataset = await read('a.json', JSON.stringify({ features, rows }));
    assert.deepEqual(dataset.labelNames, { label: ['bad', 'good'] });
    assert.deepEqual(
      dataset.rows.map(({ faults }) => faults),
      [undefined, { text: 'column "text" was cut short by the hub\'s viewer; download the file itself' }],
    );
  });

  it("as an array or lines of the hub's rows gives what stands in them", async () => {
    const hub = ['a', 'b'].map((text, index) => JSON.stringify({ row_idx: index, row: { text }, truncated_cells: [] }));
    for (const [name, content] of [
      ['a.json', `[${hub.join(',')}]`],
      ['a.jsonl', hub.join('\n')],
    ] as const) {
      const { columns, rows } = await read(name, content);
      assert.deepEqual(columns, ['text'], name);
      assert.deepEqual(
        rows.map(({ values }) => values['text']),
        ['a', 'b'],
      );
    }
  });

  it('of parts is refused as one data set, and names them', async () => {
    await assert.rejects(
      read('a.json', '{"train":[{"text":"a"}],"test":[{"text":"b"}]}'),
      /^DatasetError: a\.json: holds the parts "train", "test" of a data set; name one of them behind a #/,
    );
  });
});
