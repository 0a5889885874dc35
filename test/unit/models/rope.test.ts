import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '../../../extension/engine/models/configuration';
import { type Rope, readRope, ropeFields } from '../../../extension/engine/models/rope';
import { modelFixtures } from './modelFixtures';

/** What transformers computes; written by test/oracles/models.py. */
const cases = JSON.parse(readFileSync(join(modelFixtures, 'ropes.json'), 'utf8')) as readonly {
  readonly width: number;
  readonly theta: number;
  readonly scaling: Readonly<Record<string, unknown>>;
  readonly lengths: readonly number[];
  readonly frequencies: readonly (readonly number[])[];
  readonly factor: number;
}[];

describe('a rope', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rope-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function ropeOf(fields: Readonly<Record<string, unknown>>, width: number, theta: number): Promise<Rope> {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(fields));
    const configuration = await Configuration.read(folder);
    return readRope(ropeFields(configuration), { width, theta, maxPositions: 2048 });
  }

  for (const { width, theta, scaling, lengths, frequencies, factor } of cases) {
    it(`with ${JSON.stringify(scaling)} turns as in transformers`, async () => {
      const { rope_type: type, ...others } = scaling;
      const asTransformers4 = await ropeOf({ rope_scaling: { type, ...others } }, width, theta);
      const asTransformers5 = await ropeOf({ rope_parameters: { ...scaling, rope_theta: theta } }, width, 1);
      for (const rope of [asTransformers4, asTransformers5]) {
        assert.ok(Math.abs(rope.factor - factor) < 1e-12, `factor ${rope.factor} against ${factor}`);
        for (const [i, length] of lengths.entries()) {
          // transformers computes in float32.
          const errors = rope.frequencies(length).map((each, pair) => Math.abs(each / frequencies[i]![pair]! - 1));
          assert.equal(errors.length, width / 2);
          assert.ok(Math.max(...errors) < 2e-6, `${length} tokens: relative error ${Math.max(...errors)}`);
        }
      }
    });
  }

  it('that is dynamic or from YaRN was made for longer texts than the model was trained on', async () => {
    assert.equal((await ropeOf({}, 16, 100)).maxPositions, 2048);
    assert.equal((await ropeOf({ rope_scaling: { type: 'dynamic', factor: 2 } }, 16, 100)).maxPositions, 4096);
    assert.equal((await ropeOf({ rope_scaling: { type: 'yarn', factor: 4 } }, 16, 100)).maxPositions, 8192);
  });
});
