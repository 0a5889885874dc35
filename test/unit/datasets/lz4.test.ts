import * as assert from 'node:assert/strict';
import { decompressLz4, decompressLz4Raw } from '../../../extension/engine/datasets/lz4';

/** Literals "ab", then a copy of 6 bytes from 2 bytes ago, then the literals "c". */
const block = Uint8Array.of(0x22, 0x61, 0x62, 2, 0, 0x10, 0x63);
const text = 'ababababc';

function framed(...blocks: readonly (readonly [Uint8Array, number])[]): Uint8Array {
  return Buffer.concat(
    blocks.flatMap(([bytes, length]) => {
      const sizes = Buffer.alloc(8);
      sizes.writeUInt32BE(length, 0);
      sizes.writeUInt32BE(bytes.length, 4);
      return [sizes, bytes];
    }),
  );
}
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

describe('a block of LZ4', () => {
  it('gives its literals and copies, which may overlap', () => {
    assert.equal(textOf(decompressLz4Raw(block, 9)), text);
  });

  it('is also read from frames as Hadoop writes them, and alone under the same name', () => {
    assert.equal(textOf(decompressLz4(framed([block, 9]), 9)), text);
    assert.equal(textOf(decompressLz4(framed([block, 9], [block, 9]), 18)), text + text);
    assert.equal(textOf(decompressLz4(block, 9)), text);
  });

  it('that is damaged is refused and writes nothing outside of its output', () => {
    assert.throws(() => decompressLz4Raw(block, 8), /damaged/);
    assert.throws(() => decompressLz4Raw(block, 10), /ends too early/);
    assert.throws(() => decompressLz4Raw(block.subarray(0, 4), 9), /ends too early/);
    assert.throws(() => decompressLz4Raw(Uint8Array.of(0x22, 0x61, 0x62, 3, 0, 0x10, 0x63), 9), /damaged/);
    assert.throws(() => decompressLz4Raw(Uint8Array.of(0xf0, 0xff, 0xff), 9), /ends too early/);
  });
});
