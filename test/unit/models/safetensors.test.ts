import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelError } from '../../../extension/engine/models/modelError';
import { readSafetensorsHeader, safetensorsPrefix } from '../../../extension/engine/models/safetensors';
import { toFloat32 } from '../../../extension/engine/models/tensorType';

describe('the safetensors reader', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A file with this header text (its true length unless another is claimed) and so many bytes of data. */
  function fileWith(header: string, dataBytes: number, claimed?: bigint): string {
    const text = Buffer.from(header);
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(claimed ?? BigInt(text.length));
    const file = join(folder, 'model.safetensors');
    writeFileSync(file, Buffer.concat([prefix, text, Buffer.alloc(dataBytes)]));
    return file;
  }
  const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32'): string =>
    JSON.stringify({ dtype, shape, data_offsets: offsets });

  it('tells where each tensor lies, also after a header of odd length', async () => {
    const header = `{"__metadata__":{"format":"pt"},"a":${entry([2, 3], [0, 24])},"b":${entry([], [24, 26], 'BF16')}}`;
    const { tensors, metadata } = await readSafetensorsHeader(fileWith(header, 26));
    const start = 8 + header.length;
    assert.deepEqual(metadata, { format: 'pt' });
    assert.deepEqual(
      [...tensors.values()],
      [
        { name: 'a', type: 'F32', shape: [2, 3], offset: start, byteLength: 24 },
        { name: 'b', type: 'BF16', shape: [], offset: start + 24, byteLength: 2 },
      ],
    );
  });

  it('reads back what safetensorsPrefix writes, with the data aligned', async () => {
    const prefix = safetensorsPrefix([
      { name: 'a', type: 'F32', shape: [3] },
      { name: 'b', type: 'F16', shape: [2, 2] },
    ]);
    const file = join(folder, 'written.safetensors');
    writeFileSync(file, Buffer.concat([prefix, Buffer.alloc(20)]));
    const { tensors } = await readSafetensorsHeader(file);
    assert.equal(prefix.length % 8, 0);
    assert.equal(tensors.get('b')!.offset, prefix.length + 12);
  });

  const hostile: readonly (readonly [string, () => string, RegExp])[] = [
    ['an empty file', () => (writeFileSync(join(folder, 'empty'), ''), join(folder, 'empty')), /0 bytes, too few/],
    ['a header longer than the file', () => fileWith('{}', 4, 1000n), /claims a header of 1000 bytes/],
    ['a header of 16 EiB', () => fileWith('{}', 4, 2n ** 64n - 1n), /claims a header of 18446744073709551615 bytes/],
    ['a header that is not JSON', () => fileWith('{"a":', 0), /not JSON/],
    ['a header that is a list', () => fileWith('[]', 0), /not a JSON object/],
    [
      'a tensor named twice',
      () => fileWith(`{"a":${entry([1], [0, 4])},"\\u0061":${entry([1], [4, 8])}}`, 8),
      /"a" twice/,
    ],
    ['a tensor beyond the end', () => fileWith(`{"a":${entry([4], [0, 16])}}`, 8), /lies at bytes .* of a file of/],
    ['a range that runs backwards', () => fileWith(`{"a":${entry([1], [4, 0])}}`, 4), /lies at bytes/],
    ['a negative offset', () => fileWith(`{"a":${entry([1], [-4, 0])}}`, 4), /no usable "data_offsets"/],
    [
      'overlapping tensors',
      () => fileWith(`{"a":${entry([2], [0, 8])},"b":${entry([2], [4, 12])}}`, 12),
      /"b" overlaps/,
    ],
    [
      'a gap',
      () => fileWith(`{"a":${entry([1], [0, 4])},"b":${entry([1], [8, 12])}}`, 12),
      /4 bytes before tensor "b"/,
    ],
    ['bytes after the last tensor', () => fileWith(`{"a":${entry([1], [0, 4])}}`, 5), /1 bytes at its end/],
    [
      'a shape whose product overflows',
      () => fileWith(`{"a":${entry([2 ** 40, 2 ** 40], [0, 4])}}`, 4),
      /does not fill 4 bytes/,
    ],
    ['a negative length', () => fileWith(`{"a":${entry([-1], [0, 4])}}`, 4), /no usable shape: \[-1\]/],
    ['a length of 0', () => fileWith(`{"a":${entry([0, 4], [0, 0])}}`, 0), /no usable shape: \[0,4\]/],
    ['a length beyond 2^53', () => fileWith(`{"a":${entry([2 ** 60], [0, 4])}}`, 4), /no usable shape/],
    [
      'a field of a tensor named twice',
      () => fileWith('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"shape":[1]}}', 4),
      /"shape" twice/,
    ],
    [
      'a text so long that a pattern would overflow',
      () => fileWith(`{"__metadata__":{"a":"${'\\\\n'.repeat(5_000_000)}"},"b":1,"b":2}`, 0),
      /"b" twice/,
    ],
    ['a shape with a fraction', () => fileWith(`{"a":${entry([0.5], [0, 4])}}`, 4), /no usable shape/],
    ['a shape that is too small', () => fileWith(`{"a":${entry([1], [0, 8])}}`, 8), /does not fill 8 bytes/],
    ['an unknown type', () => fileWith(`{"a":${entry([1], [0, 4], 'toString')}}`, 4), /unknown type "toString"/],
    ['an entry that is a number', () => fileWith('{"a":3}', 0), /not described by an object/],
  ];
  for (const [what, make, message] of hostile) {
    it(`refuses ${what}, naming the file`, async () => {
      const file = make();
      await assert.rejects(readSafetensorsHeader(file), (error: Error) => {
        assert.ok(error instanceof ModelError, error.stack);
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`${file}: `));
        return true;
      });
    });
  }

  it('turns F16 and BF16 into float32 exactly: zeros, subnormals, infinities', () => {
    const bits = (...words: number[]): Uint8Array => new Uint8Array(Uint16Array.from(words).buffer);
    assert.deepEqual(
      [...toFloat32(bits(0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0x8000), 'F16')],
      [1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -0],
    );
    assert.deepEqual([...toFloat32(bits(0x3f80, 0xc000, 0x7f80), 'BF16')], [1, -2, Infinity]);
  });
});
