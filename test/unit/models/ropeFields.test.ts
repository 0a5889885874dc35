import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Configuration } from '../../../extension/engine/models/configuration';
import { declaredModel } from '../../../extension/engine/models/declaredModel';
import { largestDifference, modelFixtures } from './modelFixtures';

type Fields = Readonly<Record<string, unknown>>;

/** What transformers makes of several ways to tell a rope at once; written by test/oracles/rope_fields.py. */
const cases = JSON.parse(readFileSync(join(modelFixtures, 'rope-fields.json'), 'utf8')) as readonly {
  readonly fields: Fields;
  /** Beginning of the tables' names -> frequencies, and the factor of cosine and sine. */
  readonly ropes: Readonly<Record<string, readonly [readonly number[], number]>>;
}[];

describe('the rope of a config.json that tells it in several ways is the one that transformers takes', () => {
  for (const { fields, ropes } of cases) {
    const told = Object.fromEntries(Object.entries(fields).filter(([name]) => /^rop|^rot/.test(name)));
    it(`${String(fields['model_type'])}: ${JSON.stringify(told)}`, () => {
      const { network } = declaredModel(Configuration.of('config.json', fields));
      const { continuation } = network;
      assert.ok(continuation.kind === 'causal');
      const feeds = continuation.positionFeeds(2);
      for (const [beginning, [frequencies, factor]] of Object.entries(ropes)) {
        const second = (table: string): number[] =>
          [...(feeds[`${beginning}${table}`]!.data as Float64Array)].slice(-frequencies.length);
        const expected = [Math.cos, Math.sin].flatMap((f) => frequencies.map((each) => factor * f(each)));
        assert.ok(largestDifference([...second('cosine'), ...second('sine')], expected) < 1e-6);
      }
    });
  }

  it('takes nothing of "rope_parameters" where "rope_scaling" is there, whatever it holds', () => {
    const fields = { ...cases[0]!.fields, rope_scaling: { type: 'linear', factor: 2 }, rope_parameters: { what: 1 } };
    assert.doesNotThrow(() => declaredModel(Configuration.of('config.json', fields)));
  });
});
