import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { DatasetError, rejectionText } from '../../../extension/engine/datasets/dataset';
import type { Dataset } from '../../../extension/engine/datasets/dataset';
import { openDataset, readDataset, readHead } from '../../../extension/engine/datasets/readers';
import { removeWritten, written } from './files';
import { readers } from './textReaders';

afterEach(removeWritten);

function rowsOf(dataset: Dataset): [number, Record<string, string>][] {
  return dataset.rows.map(({ row, values }) => [row, { ...values }]);
}
function rejections(dataset: Dataset): string[] {
  return dataset.rejected.map(rejectionText);
}
async function errorOf(file: string): Promise<string> {
  try {
    await readDataset(file);
  } catch (error) {
    assert.ok(error instanceof DatasetError, String(error));
    return error.message;
  }
  return assert.fail('the file was read');
}

/** The same two rows in every format. */
const reviews = [
  { text: 'Good, "really" good', label: '1' },
  { text: 'schlecht — 😀', label: '0' },
];
const sameRows: Readonly<Record<string, string | Uint8Array>> = {
  'a.jsonl': reviews.map((row) => JSON.stringify(row)).join('\n'),
  'a.ndjson': reviews.map((row) => `${JSON.stringify(row)}\r\n`).join(''),
  'array.json': JSON.stringify(reviews),
  'pretty.json': JSON.stringify(reviews, undefined, 2),
  'lines.json': reviews.map((row) => JSON.stringify(row)).join('\n'),
  'columns.json': JSON.stringify({ text: reviews.map(({ text }) => text), label: reviews.map(({ label }) => label) }),
  'frame.json': JSON.stringify({
    text: { '0': reviews[0]!.text, '1': reviews[1]!.text },
    label: { '0': reviews[0]!.label, '1': reviews[1]!.label },
  }),
  'wrapped.json': JSON.stringify({ data: reviews }),
  'a.csv': 'text,label\n"Good, ""really"" good",1\nschlecht — 😀,0\n',
  'semicolon.csv': 'text;label\r\nGood, "really" good;1\r\nschlecht — 😀;0\r\n',
  'A.CSV': 'text,label\r"Good, ""really"" good",1\rschlecht — 😀,0',
  'a.tsv': 'text\tlabel\nGood, "really" good\t1\nschlecht — 😀\t0\n',
  'quoted.tsv': 'text\tlabel\n"Good, ""really"" good"\t"1"\n"schlecht — 😀"\t"0"\n',
  'a.jsonl.gz': gzipSync(reviews.map((row) => JSON.stringify(row)).join('\n')),
  'a.CSV.GZ': gzipSync('text,label\n"Good, ""really"" good",1\nschlecht — 😀,0\n'),
  'a.parquet': new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'text', data: reviews.map(({ text }) => text), type: 'STRING' },
        { name: 'label', data: reviews.map(({ label }) => label), type: 'STRING' },
      ],
    }),
  ),
};

describe('every file format', () => {
  for (const [name, content] of Object.entries(sameRows)) {
    it(`gives the same rows: ${name}`, async () => {
      const file = written(name, content);
      const dataset = await readDataset(file);
      assert.deepEqual(dataset.columns, ['text', 'label']);
      assert.deepEqual(
        dataset.rows.map(({ values }) => ({ ...values })),
        reviews,
      );
      assert.deepEqual(dataset.rejected, []);
      assert.equal(dataset.sha256, createHash('sha256').update(content).digest('hex'));
    });
  }

  it('that cannot be read is refused with what to do', async () => {
    const file = written('a.jsonl', '{"text":"a"}');
    assert.match(await errorOf(join(dirname(file), 'b.jsonl')), /^b\.jsonl: there is no such file/);
    assert.match(await errorOf(dirname(file)), /is a folder; name one of the files in it/);
    assert.match(await errorOf(written('a.doc', 'x')), /^a\.doc: .* known are \.jsonl, .*\.parquet$/);
    assert.equal(await errorOf(written('a.xlsx', 'x')), 'a.xlsx: is an Excel workbook; save its sheet as CSV');
    assert.match(await errorOf(written('a.arrow', 'x')), /write it as Parquet, with pyarrow/);
    for (const name of ['a.jsonl', 'a.json', 'a.csv', 'a.tsv', 'a.parquet']) {
      assert.equal(await errorOf(written(name, '')), `${name}: the file is empty`);
    }
  });

  it('without a usable row is refused with the first reason', async () => {
    assert.equal(
      await errorOf(written('a.jsonl', '\n1\n')),
      'a.jsonl: no row of the file can be used: the first, 2, is a number, not an object of column names and values',
    );
    assert.match(await errorOf(written('a.csv', 'text,label\n')), /no row of the file can be used: it has no row$/);
    assert.match(await errorOf(written('a.json', '[]')), /it has no row$/);
  });

  it('may have columns with the names of object properties', async () => {
    const text = '{"constructor":"a","__proto__":"b","toString":null}';
    const { columns, rows } = await readDataset(written('a.jsonl', text));
    assert.deepEqual(columns, ['constructor', '__proto__', 'toString']);
    assert.deepEqual(Object.entries(rows[0]!.values), [
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]);
  });
});

describe('a file while it is read', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, index) => `${JSON.stringify({ text: `row ${index}`, label: 'x' })}\n`).join('');

  it('tells how far it is read: bytes of the whole, and rows', async () => {
    const content = lines(20_000);
    const told: { bytes: number; total: number; rows: number }[] = [];
    const open = await openDataset(written('a.jsonl', content), { onProgress: (progress) => told.push(progress) });
    assert.deepEqual(told.at(-1), { bytes: content.length, total: content.length, rows: 0 });
    told.length = 0;
    for await (const entry of open.entries()) assert.equal(entry.type, 'row');
    assert.ok(told.length > 5);
    assert.equal(told.at(-1)!.bytes, content.length);
    assert.ok(told.at(-1)!.rows > 15_000);
  });

  it('is left when somebody stops the reading, in its check and in its rows', async () => {
    const stopping = new AbortController();
    const file = written('a.jsonl', lines(20_000));
    const open = await openDataset(file, { signal: stopping.signal });
    let rows = 0;
    const reading = (async (): Promise<void> => {
      for await (const entry of open.entries()) {
        rows += Number(entry.type === 'row');
        stopping.abort();
      }
    })();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.equal(rows, 1);
    await assert.rejects(openDataset(file, { signal: stopping.signal }), { name: 'AbortError' });
  });

  it('can be looked at from its beginning alone', async () => {
    const open = await openDataset(written('a.jsonl', lines(20_000)));
    const head = await readHead(open, 100_000);
    assert.equal(head.whole, false);
    assert.ok(head.rows.length > 300 && head.rows.length < 400, String(head.rows.length));
    assert.deepEqual(head.columns, ['text', 'label']);
    assert.equal((await readHead(open)).whole, true);
  });

  it('is refused where all of it is wanted and it cannot be held', async () => {
    const file = written('a.jsonl', lines(20_000));
    await assert.rejects(
      readDataset(file, {}, 100_000),
      /^DatasetError: a\.jsonl: is too large to be read as a whole: its first \d+ rows/,
    );
  });
});

describe('a JSON Lines file', () => {
  it('gives values as text, with null and empty text kept apart', async () => {
    const line = {
      text: '',
      note: null,
      number: 1.5,
      big: 12345678901,
      yes: true,
      list: ['a', 1],
      nested: { b: null },
    };
    const dataset = await readDataset(written('a.jsonl', JSON.stringify(line)));
    assert.deepEqual(dataset.columns, Object.keys(line));
    assert.deepEqual(rowsOf(dataset)[0]![1], {
      text: '',
      number: '1.5',
      big: '12345678901',
      yes: 'true',
      list: '["a",1]',
      nested: '{"b":null}',
    });
  });

  it('reports every line that is no row by file, line and reason, and keeps the others', async () => {
    const text = [
      '{"text":"a"}',
      '',
      '{"text":',
      'null',
      '3',
      '["a"]',
      '{}',
      '{"text":"","label":null}',
      '{"text":"b"}',
    ];
    const dataset = await readDataset(written('a.jsonl', text.join('\n')));
    assert.deepEqual(rowsOf(dataset), [
      [1, { text: 'a' }],
      [9, { text: 'b' }],
    ]);
    const reasons = rejections(dataset);
    assert.match(reasons[0]!, /^a\.jsonl:3: is not JSON \(/);
    assert.deepEqual(reasons.slice(1), [
      'a.jsonl:4: is null, not an object of column names and values',
      'a.jsonl:5: is a number, not an object of column names and values',
      'a.jsonl:6: is an array, not an object of column names and values',
      'a.jsonl:7: has no value in any column',
      'a.jsonl:8: has no value in any column',
    ]);
  });

  it('may hold the line separators that JSON allows inside a text', async () => {
    const dataset = await readDataset(written('a.jsonl', '{"text":"a\u2028b\u0085c"}\n{"text":"d"}'));
    assert.deepEqual(rowsOf(dataset), [
      [1, { text: 'a\u2028b\u0085c' }],
      [2, { text: 'd' }],
    ]);
  });
});

describe('a JSON file', () => {
  it('numbers the elements of its array, and tells the line of one that is no row', async () => {
    const text = '[\n  {"text": "a [{"},\n\n  {\n    "text": "b \\"]"\n  }, 7,\n  {"text": "c"}\n]\n';
    const dataset = await readDataset(written('a.json', text));
    assert.deepEqual(rowsOf(dataset), [
      [1, { text: 'a [{' }],
      [2, { text: 'b "]' }],
      [4, { text: 'c' }],
    ]);
    assert.deepEqual(rejections(dataset), ['a.json:3: is a number, not an object of column names and values (line 6)']);
  });

  it('with one damaged row keeps the others', async () => {
    const dataset = await readDataset(written('a.json', '[{"text":"a"},\n{"text" "b"},\n{"text":"c"}]'));
    assert.deepEqual(
      rowsOf(dataset).map(([row]) => row),
      [1, 3],
    );
    assert.match(rejections(dataset)[0]!, /^a\.json:2: is not JSON .* \(line 2\)$/);
  });

  it('of objects one after the other numbers them by their lines', async () => {
    const dataset = await readDataset(written('a.json', '{"text":"a"}\n\n{\n"text":"b"}\nnull\n{"text":"c"}'));
    assert.deepEqual(
      rowsOf(dataset).map(([row]) => row),
      [1, 3, 6],
    );
    assert.deepEqual(rejections(dataset), ['a.json:5: is null, not an object of column names and values']);
  });

  it('that is cut off is refused with the line of what is open', async () => {
    assert.match(
      await errorOf(written('a.json', '[{"text":"a"},\n{"text":"b')),
      /what starts on line 2 is not closed$/,
    );
    assert.match(await errorOf(written('a.json', '[{"text":"a"},\n')), /its array is not closed$/);
  });

  it('with columns of different lengths is refused', async () => {
    assert.match(
      await errorOf(written('a.json', '{"text":["a","b"],"label":[1]}')),
      /column "label" has 1 values and "text" has 2; give all columns the same number$/,
    );
  });

  it('that is one flat object is one row', async () => {
    assert.deepEqual(rowsOf(await readDataset(written('a.json', '{"text":"a","label":1}'))), [
      [1, { text: 'a', label: '1' }],
    ]);
  });
});

describe('a CSV file', () => {
  it('may have quoted separators, quotes and line breaks, and rows are numbered by the lines on which they start', async () => {
    const text = 'text,label\n"a\nb, ""c""",1\n\nd,0\n"e\r\nf",1';
    assert.deepEqual(rowsOf(await readDataset(written('a.csv', text))), [
      [2, { text: 'a\nb, "c"', label: '1' }],
      [5, { text: 'd', label: '0' }],
      [6, { text: 'e\nf', label: '1' }],
    ]);
  });

  it('takes a quote inside an unquoted cell as it is', async () => {
    assert.deepEqual(rowsOf(await readDataset(written('a.csv', 'text,label\n5" disk,1\n"Great" film,0\n'))), [
      [2, { text: '5" disk', label: '1' }],
      [3, { text: '"Great" film', label: '0' }],
    ]);
  });

  it('reports ragged and empty rows and keeps the others', async () => {
    const dataset = await readDataset(written('a.csv', 'text,label\na,1\nb\nc,0,9\n,\n\nd,\n'));
    assert.deepEqual(rowsOf(dataset), [
      [2, { text: 'a', label: '1' }],
      [7, { text: 'd', label: '' }],
    ]);
    assert.deepEqual(rejections(dataset), [
      'a.csv:3: has 1 cell where the header has 2; add the missing cells, or remove the line if it is no row',
      'a.csv:4: has 3 cells where the header has 2; write a text that holds the separator in double quotes',
      'a.csv:5: has no value in any column',
    ]);
  });

  it('with rows that no header fits says what to do', async () => {
    for (const [text, advice] of [
      ['text,label\na,1,\n', /has 3 cells where the header has 2; its last cells are empty: end the header with/],
      ['# made by a program\ntext,label\na,1\n', /the first line, "# made by a program", must name the columns/],
    ] as const)
      await assert.rejects(readDataset(written('a.csv', text)), advice);
    const ended = await readDataset(written('a.csv', 'text,label,\na,1,\n'));
    assert.deepEqual(rowsOf(ended), [[2, { text: 'a', label: '1', column_3: '' }]]);
  });

  it('numbers rows right whatever ends its lines', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const dataset = await readDataset(written('a.csv', ['text,label', 'a,1', 'b', 'c,0', ''].join(end)));
      assert.deepEqual(
        rowsOf(dataset).map(([row]) => row),
        [2, 4],
      );
      assert.deepEqual(rejections(dataset), [
        'a.csv:3: has 1 cell where the header has 2; add the missing cells, or remove the line if it is no row',
      ]);
    }
  });

  it('renames columns without a name or with a repeated one, and says so', async () => {
    const dataset = await readDataset(written('a.csv', ',text,text,text_2, label \n0,a,b,c,1\n'));
    assert.deepEqual(dataset.columns, ['column_1', 'text', 'text_3', 'text_2', 'label']);
    assert.deepEqual(dataset.notes, [
      'column 1 has no name and is called "column_1"',
      'column 3 repeats the name "text" and is called "text_3"',
    ]);
  });

  it('with semicolons says which separator it took', async () => {
    const dataset = await readDataset(written('a.csv', 'text;"a,b,c"\nx, y, z;1\n'));
    assert.deepEqual(dataset.columns, ['text', 'a,b,c']);
    assert.deepEqual(dataset.notes, ['the columns are separated by ";"']);
  });
});

describe('a TSV file', () => {
  it('may have stray quotes at the beginning of cells', async () => {
    const dataset = await readDataset(written('a.tsv', 'text\tlabel\n"Great" film\t1\n"open\t0\nb\n5"\t1\n'));
    assert.deepEqual(rowsOf(dataset), [
      [2, { text: '"Great" film', label: '1' }],
      [3, { text: '"open', label: '0' }],
      [5, { text: '5"', label: '1' }],
    ]);
    assert.deepEqual(rejections(dataset), [
      'a.tsv:4: has 1 cell where the header has 2; add the missing cells, or remove the line if it is no row',
    ]);
  });

  it('may have quoted cells with tabs and line breaks', async () => {
    assert.deepEqual(rowsOf(await readDataset(written('a.tsv', 'text\tlabel\n"a\tb"\t1\n"c\nd"\t0\n'))), [
      [2, { text: 'a\tb', label: '1' }],
      [3, { text: 'c\nd', label: '0' }],
    ]);
  });
});

describe('the encoding of a text file', () => {
  const csv = 'text,label\nschön – 😀,1\n';
  const rows: [number, object][] = [[2, { text: 'schön – 😀', label: '1' }]];
  const utf16le = Buffer.from(`\uFEFF${csv}`, 'utf16le');

  it('is found by its byte order mark', async () => {
    for (const bytes of [Buffer.from(csv), Buffer.from(`\uFEFF${csv}`), utf16le, Buffer.from(utf16le).swap16()]) {
      assert.deepEqual(rowsOf(await readDataset(written('a.csv', bytes))), rows);
    }
  });

  it('may split a character anywhere between two reads', async () => {
    // 65,536 bytes are read at once; the two-byte characters straddle that border for one of the paddings.
    for (const padding of ['', 'x']) {
      const text = `${padding}${'ö'.repeat(70_000)}`;
      const dataset = await readDataset(written('a.jsonl', `{"text":"${text}"}\n{"text":"b"}`));
      assert.equal(dataset.rows[0]!.values.text, text);
    }
  });

  it('is Windows-1252 where nothing in the file can be UTF-8, and that is said', async () => {
    const bytes = Buffer.concat([
      Buffer.from('text,label\nca'),
      Buffer.from([0x66, 0xe9, 0x20, 0x96, 0x20, 0x80, 0x85]),
      Buffer.from(',1\n'),
    ]);
    const dataset = await readDataset(written('a.csv', bytes));
    assert.deepEqual(rowsOf(dataset), [[2, { text: 'café – €…', label: '1' }]]);
    assert.deepEqual(dataset.notes, ['the file is not UTF-8 and is read as Windows-1252']);
  });

  it('in a UTF-8 file with damaged bytes names the cells that have them', async () => {
    const bytes = Buffer.concat([
      Buffer.from('text,label\nschön,1\ncaf'),
      Buffer.from([0xe9]),
      Buffer.from(',0\nb,1\n'),
    ]);
    const { rows: all } = await readDataset(written('a.csv', bytes));
    assert.deepEqual(
      all.map(({ faults }) => faults && { ...faults }),
      [
        undefined,
        { text: 'column "text" has bytes that are not valid in the encoding of the file; save it as UTF-8' },
        undefined,
      ],
    );
  });

  it('keeps a replacement character that a valid file really has', async () => {
    const dataset = await readDataset(written('a.csv', 'text,label\na\uFFFDb,1\n'));
    assert.deepEqual(rowsOf(dataset), [[2, { text: 'a\uFFFDb', label: '1' }]]);
  });

  it('is UTF-16 without a byte order mark where every other byte is zero, and that is said', async () => {
    const unmarked = Buffer.from(csv, 'utf16le');
    for (const bytes of [unmarked, Buffer.from(unmarked).swap16()]) {
      const dataset = await readDataset(written('a.csv', bytes));
      assert.deepEqual(rowsOf(dataset), rows);
      assert.deepEqual(dataset.notes, ['the file has no byte order mark and is read as UTF-16']);
    }
  });

  it('makes a zero byte a fault of its cell, in every format and wherever in the file it stands', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    const formats: Record<string, [string, (text: string) => string]> = {
      'a.csv': ['text,label\n', (text) => `${text},1\n`],
      'a.tsv': ['text\tlabel\n', (text) => `${text}\t1\n`],
      'quoted.csv': ['text,label\n', (text) => `"${text}",1\n`],
    };
    for (const [name, [header, line]] of Object.entries(formats)) {
      const text =
        header + many.map((index) => line(index === 3 || index === 19_990 ? 'a\0b' : `row ${index}`)).join('');
      const { rows: all } = await readDataset(written(name, text));
      const faulty = all.flatMap(({ row, faults }) => (faults ? [[row, faults.text]] : []));
      assert.deepEqual(faulty, [
        [5, 'column "text" holds a zero byte; remove it'],
        [19_992, 'column "text" holds a zero byte; remove it'],
      ]);
    }
  });

  it('makes half a character a fault of its cell', async () => {
    const { rows: all } = await readDataset(written('a.jsonl', '{"text":"a\\ud83d"}\n{"text":"a\\ud83d\\ude00"}'));
    assert.match(all[0]!.faults!.text!, /^column "text" holds half of a character/);
    assert.deepEqual([all[1]!.values.text, all[1]!.faults], ['a😀', undefined]);
  });

  it('of a file that is no text is no question: what it is, is named', async () => {
    const gzipped = gzipSync('{"text":"a"}');
    assert.equal(
      await errorOf(written('a.jsonl', gzipped)),
      'a.jsonl: is compressed by gzip; give it a name that ends with .gz, or unpack it with gunzip',
    );
    assert.match(await errorOf(written('a.csv', 'PK\x03\x04...')), /is a ZIP archive or an Excel workbook, not text/);
  });
});

describe('a Parquet file', () => {
  const fixture = (codec: string): string => join('test', 'fixtures', 'datasets', `${codec}.parquet`);

  for (const codec of ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4']) {
    it(`as Arrow writes it with ${codec} gives its values as text, over several row groups`, async () => {
      const dataset = await readDataset(fixture(codec));
      assert.deepEqual(dataset.columns, ['text', 'label', 'score', 'seen', 'tokens', 'day']);
      assert.deepEqual(
        dataset.rows.map(({ row }) => row),
        Array.from({ length: 15 }, (_, index) => index + 1),
      );
      const day = '2021-04-18';
      const five = [
        { text: 'a good film', label: '1', score: '0.5', seen: 'true', tokens: '["a","b"]', day },
        { text: 'dull', label: '0', score: '2', seen: 'false', tokens: '[]', day },
        { text: '', label: '1', seen: 'true', day },
        { label: '0', score: '-1.25', tokens: '["c"]', day },
        { text: 'schön 😀', label: '1', score: '0.001', seen: 'false', tokens: '["d",null]', day },
      ];
      assert.deepEqual(
        dataset.rows.map(({ values }) => ({ ...values })),
        [...five, ...five, ...five],
      );
    });
  }

  it('gives dates, times, decimals and numbers as pandas prints them, from pages of both versions', async () => {
    const printed = JSON.parse(readFileSync(join('test', 'fixtures', 'datasets', 'values.json'), 'utf8')) as object[];
    for (const name of ['values', 'values-v2']) {
      const { rows: all, rejected } = await readDataset(fixture(name));
      assert.deepEqual(
        all.map(({ values }) => ({ ...values })),
        printed,
      );
      assert.deepEqual(rejected.map(rejectionText), [`${name}.parquet:3: has no value in any column`]);
    }
  });

  it('without rows is refused as that', async () => {
    const empty = parquetWriteBuffer({ columnData: [{ name: 'text', data: [], type: 'STRING' }] });
    assert.match(await errorOf(written('a.parquet', new Uint8Array(empty))), /it has no row$/);
  });

  it('has no value where a number is not one, and says so of infinity', async () => {
    const data = [NaN, Infinity, -Infinity, 1.5];
    const file = parquetWriteBuffer({
      columnData: [
        { name: 'text', data: ['a', 'b', 'c', 'd'], type: 'STRING' },
        { name: 'score', data, type: 'DOUBLE' },
      ],
    });
    const { rows: all } = await readDataset(written('a.parquet', new Uint8Array(file)));
    assert.deepEqual(
      all.map(({ values }) => values.score),
      [undefined, 'inf', '-inf', '1.5'],
    );
  });

  it('tells the names of its classes where the datasets library wrote them', async () => {
    assert.deepEqual({ ...(await readDataset(fixture('snappy'))).labelNames }, { label: ['negative', 'positive'] });
  });

  it('that is none is refused', async () => {
    assert.match(await errorOf(written('a.parquet', 'not a parquet file')), /^a\.parquet: is no Parquet file \(/);
  });
});

describe('a large file', () => {
  /** A text of many megabytes that is made only as it is read, and a count of what was read. */
  function large(
    header: string,
    row: (index: number) => string,
    footer: string,
  ): { chunks: AsyncIterable<string>; read: { chunks: number } } {
    const read = { chunks: 0 };
    async function* chunks(): AsyncGenerator<string> {
      yield header;
      for (let chunk = 0; chunk < 2000; chunk++) {
        read.chunks++;
        yield Array.from({ length: 100 }, (_, index) => row(chunk * 100 + index)).join('');
      }
      yield footer;
    }
    return { chunks: chunks(), read };
  }
  const filler = 'x'.repeat(100);
  const formats: [string, string, (index: number) => string, string][] = [
    ['jsonl', '', (index) => `{"text":"${filler}${index}"}\n`, ''],
    ['json', '[', (index) => `${index === 0 ? '' : ','}\n{"text":"${filler}${index}"}`, ']'],
    ['csv', 'text,label\n', (index) => `"${filler}${index}",1\n`, ''],
    ['tsv', 'text\tlabel\n', (index) => `${filler}${index}\t1\n`, ''],
  ];

  for (const [format, header, row, footer] of formats) {
    it(`is read row by row and never far ahead of the rows that were asked for: ${format}`, async function () {
      this.timeout(120_000);
      const { chunks, read } = large(header, row, footer);
      let rows = 0;
      let ahead = 0;
      for await (const entry of readers[format]!(chunks)) {
        if (entry.type !== 'row') continue;
        assert.equal(entry.values.text, `${filler}${rows}`);
        rows++;
        ahead = Math.max(ahead, read.chunks - rows / 100);
      }
      assert.equal(rows, 200_000);
      // A chunk is 100 rows; a stream may hold a few of them between its parts.
      assert.ok(ahead < 40, `${ahead} chunks of 2000 were read ahead`);
    });
  }

  it('can be left before its end', async () => {
    const file = written('a.csv', `text,label\n${'abc,1\n'.repeat(100_000)}`);
    const dataset = await openDataset(file);
    let rows = 0;
    for await (const entry of dataset.entries()) {
      if (entry.type === 'row' && ++rows === 10) break;
    }
    assert.equal(rows, 10);
  });
});
