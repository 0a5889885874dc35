import * as assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npyFile } from '../../../extension/engine/prompts/npy';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import { encodeTensors } from '../../../extension/engine/prompts/tensorFile';
import { inTemporaryFolder } from '../runs/records';

const causal = 'test/fixtures/adapters/causal';
/** Written by test/oracles/adapters.py, by numpy itself. */
const arrays = 'test/fixtures/adapters/arrays';
const numbers = (path: string): number[] => JSON.parse(readFileSync(path, 'utf8')) as number[];
const refusedFor = (path: string, reason: RegExp): Promise<void> =>
  assert.rejects(readStoredPrompt(path), (error: Error) => reason.test(error.message) || assert.fail(error.message));

describe('a stored prompt', () => {
  it('is read from an adapter folder and from either of its files, with what they say of the model', async () => {
    for (const path of [causal, `${causal}/adapter_config.json`, `${causal}/adapter_model.safetensors`]) {
      const { prompt, ...facts } = await readStoredPrompt(path);
      assert.equal(prompt.length, 5 * 16);
      assert.deepEqual(facts, {
        ...{ path, format: 'peft', length: 5, width: 16, kind: 'causal', baseModel: 'models/tiny' },
        ...{ layers: 3, heads: 4, learnedOn: {} },
      });
    }
  });

  it('is read from a safetensors file with one matrix', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'prompt.safetensors');
      const data = Float32Array.from({ length: 6 }, (_, index) => index / 4);
      writeFileSync(path, encodeTensors({ anything: { shape: [2, 3], data } }));
      const expected = { path, format: 'safetensors', prompt: data, length: 2, width: 3 } as const;
      assert.deepEqual(await readStoredPrompt(path), expected);
    });
  });

  for (const name of [
    'f4',
    'f8',
    'f2',
    'version-2',
    'version-3',
    'fortran',
    'big-endian',
    'batch',
    'fortran-batch-f2',
  ]) {
    it(`is read from what numpy saved: ${name}`, async () => {
      const { prompt, length, width, format } = await readStoredPrompt(`${arrays}/${name}.npy`);
      assert.deepEqual([length, width, format], [3, 5, 'npy']);
      assert.deepEqual(prompt, Float32Array.from(numbers(`${arrays}/numbers.json`)));
    });
  }

  it('that we write as .npy is byte for byte what numpy saves', () => {
    const data = Float32Array.from(numbers(`${arrays}/numbers.json`));
    const ours = Buffer.from(npyFile({ rows: 3, width: 5, data }));
    assert.equal(ours.toString('latin1'), readFileSync(`${arrays}/f4.npy`).toString('latin1'));
  });

  it('in an array that is no matrix of numbers is refused by name', async () => {
    for (const [name, reason] of [
      ['integers', /numbers of type <i8; float16, float32 and float64 can be read/],
      ['objects', /pickled Python objects, which can run code/],
      ['structured', /its header is not that of one plain array/],
      ['vector', /shape \(15\); a prompt is a matrix/],
    ] as const) {
      await refusedFor(`${arrays}/${name}.npy`, reason);
    }
  });

  it('in a damaged array is refused before anything of its claimed size is made', async () => {
    await inTemporaryFolder(async (folder) => {
      const good = readFileSync(`${arrays}/f4.npy`);
      const edited = (change: (bytes: Buffer) => Buffer): string => {
        const path = join(folder, 'damaged.npy');
        writeFileSync(path, change(Buffer.from(good)));
        return path;
      };
      await refusedFor(
        edited((bytes) => bytes.subarray(0, 140)),
        /\(3, 5\) of <f4 does not fill the 12 bytes behind the header/,
      );
      await refusedFor(
        edited((bytes) => Buffer.concat([bytes, Buffer.alloc(4)])),
        /does not fill the 64 bytes/,
      );
      await refusedFor(
        edited((bytes) => bytes.fill(255, 8, 10)),
        /its header ends at byte 65545, the file at 188/,
      );
      await refusedFor(
        edited((bytes) => bytes.fill(9, 6, 7)),
        /version 9\.0 of the \.npy format/,
      );
      await refusedFor(
        edited((bytes) => Buffer.from(bytes.toString('latin1').replace('(3, 5), }    ', '(300000000, 5),}'), 'latin1')),
        /\(300000000, 5\) of <f4 does not fill/,
      );
      await refusedFor(
        edited(() => Buffer.from('hello')),
        /not a numpy \.npy file/,
      );
    });
  });

  it('with a number that is not finite is refused with its place', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'prompt.npy');
      const data = new Float32Array(12).fill(0.5);
      data[7] = NaN;
      writeFileSync(path, npyFile({ rows: 3, width: 4, data }));
      await refusedFor(path, /prompt\.npy: the number at virtual token 1, dimension 3 is NaN/);
    });
  });

  it('that is a pickle is refused because it can run code, and nothing of it is read', async () => {
    await inTemporaryFolder(async (folder) => {
      cpSync(`${causal}/adapter_config.json`, join(folder, 'adapter_config.json'));
      writeFileSync(join(folder, 'adapter_model.bin'), 'never looked at');
      await refusedFor(folder, /adapter_model\.bin: is a pickle and is not read .* PEFT 0\.7 or later/);
      await refusedFor(join(folder, 'adapter_model.bin'), /can run code/);
      writeFileSync(join(folder, 'prompt.pt'), 'never looked at');
      await refusedFor(join(folder, 'prompt.pt'), /can run code\. If you trust it, load it with torch\.load/);
    });
  });

  it('that is something else is refused with what could be given', async () => {
    await inTemporaryFolder(async (folder) => {
      await refusedFor(folder, /there is no adapter_config\.json in it/);
      await refusedFor(join(folder, 'nothing'), /nothing: there is no such file or folder/);
      const text = join(folder, 'prompt.txt');
      writeFileSync(text, 'You are');
      await refusedFor(text, /is no prompt file\. Give an adapter folder/);
      const model = join(folder, 'model.safetensors');
      const matrix = { shape: [2, 2], data: new Float32Array(4) };
      writeFileSync(model, encodeTensors({ a: matrix, b: { shape: [4], data: new Float32Array(4) } }));
      await refusedFor(model, /one matrix of virtual tokens by width; this file has "a" \[2, 2\], "b" \[4\]/);
      const archive = join(folder, 'prompts.npz');
      writeFileSync(archive, 'PK');
      await refusedFor(archive, /prompts\.npz: is an archive of arrays\. Save the one matrix/);
      const empty = join(folder, 'empty.npy');
      writeFileSync(empty, '');
      await refusedFor(empty, /empty\.npy: is empty/);
      const huge = join(folder, 'huge.npy');
      writeFileSync(huge, '');
      truncateSync(huge, 300 * 1024 * 1024);
      await refusedFor(huge, /has 300 MiB, far more than a soft prompt/);
    });
  });

  it('of an adapter with a name of its own is asked for by the folder it lies in', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const name of ['reviews', 'topics']) cpSync(causal, join(folder, name), { recursive: true });
      await refusedFor(
        folder,
        /there is no adapter_config\.json in it; give one of the adapters inside: reviews, topics$/,
      );
      assert.equal((await readStoredPrompt(join(folder, 'topics'))).length, 5);
    });
  });

  it('of an adapter with other weights beside it says that they are not used', async () => {
    await inTemporaryFolder(async (folder) => {
      cpSync(causal, folder, { recursive: true });
      for (const name of ['optimizer.pt', 'training_args.bin', 'rng_state_0.pth', 'adapter_model.bin'])
        writeFileSync(join(folder, name), 'not read');
      assert.equal((await readStoredPrompt(folder)).remarks, undefined);
      for (const name of ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'])
        writeFileSync(join(folder, name), 'not read');
      assert.deepEqual((await readStoredPrompt(folder)).remarks, [
        `${folder}: model-00001-of-00002.safetensors, model-00002-of-00002.safetensors beside the adapter: no part of it and not used, as in PEFT.`,
      ]);
    });
  });

  it("is not read through a link out of the adapter's folder", async () => {
    await inTemporaryFolder(async (folder) => {
      cpSync(`${causal}/adapter_config.json`, join(folder, 'adapter/adapter_config.json'));
      cpSync(`${causal}/adapter_model.safetensors`, join(folder, 'elsewhere.safetensors'));
      symlinkSync('../elsewhere.safetensors', join(folder, 'adapter/adapter_model.safetensors'));
      await refusedFor(join(folder, 'adapter'), /adapter_model\.safetensors: is a link to .*elsewhere\.safetensors/);
      assert.equal((await readStoredPrompt(join(folder, 'elsewhere.safetensors'))).length, 5);
    });
  });

  it('whose header repeats a name, overlaps or runs past the file is refused as a model would be', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'hostile.safetensors');
      const write = (header: string, data: number, claimed = header.length): void => {
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(claimed));
        writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]));
      };
      const entry = (shape: string, offsets: string): string =>
        `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;
      write('{}', 0, 4000);
      await refusedFor(path, /claims a header of 4000 bytes but has 10/);
      write(`{"a":${entry('[1,2]', '[0,8]')},"a":${entry('[1,2]', '[0,8]')}}`, 8);
      await refusedFor(path, /header names "a" twice/);
      write(`{"a":${entry('[1,2]', '[0,8]')},"b":${entry('[1,2]', '[4,12]')}}`, 12);
      await refusedFor(path, /tensor "b" overlaps another one/);
      write(`{"a":${entry('[4294967296,4294967296]', '[0,8]')}}`, 8);
      await refusedFor(path, /shape \[4294967296, 4294967296\] does not fill 8 bytes/);
      write(`{"a":${entry('[-1,2]', '[0,8]')}}`, 8);
      await refusedFor(path, /no usable shape: \[-1,2\]/);
    });
  });
});
