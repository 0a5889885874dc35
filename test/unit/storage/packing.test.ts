import * as assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../extension/engine/datasets/random';
import { GgufFile } from '../../../extension/engine/models/gguf/ggufFile';
import { recordParts } from '../../../extension/engine/models/gguf/recordParts';
import type { Arrangement } from '../../../extension/engine/storage/arrangement';
import { apart } from '../../../extension/engine/storage/byteStreams';
import { placeCalls, unplaceCalls } from '../../../extension/engine/storage/callTargets';
import { packFile, unpackFile } from '../../../extension/engine/storage/packedFile';

const code: Arrangement = { kind: 'x86-code' };

describe('packing', () => {
  it('puts like bytes of records together', () => {
    assert.deepEqual([...apart(Uint8Array.of(1, 2, 3, 1, 2, 3), 3)], [1, 1, 2, 2, 3, 3]);
  });

  it('makes calls of one function read the same', () => {
    const at = (place: number, target: number): number[] => {
      const call = Buffer.alloc(5, 0xe8);
      call.writeInt32LE(target - place, 1);
      return [...call];
    };
    const calls = Uint8Array.from([...at(0, 100), 0x90, ...at(6, 100)]);
    placeCalls(calls);
    assert.deepEqual([...calls.subarray(0, 5)], [...calls.subarray(6)]);
  });

  it('gives code back bit for bit, however calls overlap', () => {
    const bytes = [0xe8, 0xe9, 0, 255, 1, 254, 0x80];
    for (let length = 0; length < 12; length++) {
      for (let seed = 0; seed < 400; seed++) {
        const random = seededRandom(1000 * length + seed);
        const before = Uint8Array.from({ length }, () => bytes[random.below(bytes.length)]!);
        const after = Uint8Array.from(before);
        placeCalls(after);
        unplaceCalls(after);
        assert.deepEqual(after, before);
      }
    }
  });

  for (const name of ['llama-tied.q8_0.gguf', 'blocks.gguf']) {
    it(`gives ${name} back bit for bit`, async () => {
      const path = join('test/fixtures/gguf', name);
      const content = readFileSync(path);
      const parts = recordParts(await GgufFile.read(path), content.length);
      const { file, packed } = await packFile(name, content, { kind: 'records', parts }, 5);
      assert.deepEqual(Buffer.from((await unpackFile(file, packed))!), content);
    });
  }

  it('takes more off the weights of the bundled model than compression alone', async () => {
    const path = 'media/model/model.gguf';
    const content = readFileSync(path);
    const parts = recordParts(await GgufFile.read(path), statSync(path).size);
    const { file, packed } = await packFile('model.gguf', content, { kind: 'records', parts }, 5);
    assert.ok(packed.length < 25e6, `${packed.length} bytes`);
    assert.ok(content.equals((await unpackFile(file, packed))!));
  });

  it('tells a damaged file from a whole one', async () => {
    const { file, packed } = await packFile('library', new Uint8Array(50_000).fill(7), code, 5);
    assert.equal(await unpackFile(file, packed.subarray(0, -1)), undefined);
    assert.equal(await unpackFile({ ...file, bytes: 49_999 }, packed), undefined);
    assert.equal(await unpackFile({ ...file, sha256: '0'.repeat(64) }, packed), undefined);
  });
});
