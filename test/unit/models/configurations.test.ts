import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from '../../../extension/engine/models/configuration';
import { declaredModel } from '../../../extension/engine/models/declaredModel';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { ModelError } from '../../../extension/engine/models/modelError';
import { modelFixtures } from './modelFixtures';

type Fields = Readonly<Record<string, unknown>>;

/** What test/oracles/configurations.py wrote. */
const configurations = Object.entries(
  JSON.parse(readFileSync(join(modelFixtures, 'configurations.json'), 'utf8')) as Record<
    string,
    { readonly parameters: number; readonly published: Fields; readonly saved: Fields }
  >,
);

describe('config.json', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function networkOf(fields: Fields): Promise<LanguageModel> {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(fields));
    return declaredModel(await Configuration.read(folder)).network;
  }

  for (const [name, { parameters, published, saved }] of configurations) {
    it(`of ${name} is read as it is published and as transformers 5 saves it, with the parameters that transformers counts`, async () => {
      const network = await networkOf(published);
      // Of a configuration alone transformers makes a T5 with a tied head; files that untie it store one, which it then uses.
      const apart = network.kind === 'encoder-decoder' && published['tie_word_embeddings'] === false;
      assert.equal(network.parameters, parameters + (apart ? network.vocabulary * network.width : 0));
      const again = await networkOf(saved);
      const sizes = ({ kind, width, layers, heads, vocabulary, maxPositions }: LanguageModel): unknown => {
        return { kind, width, layers, heads, vocabulary, maxPositions };
      };
      assert.deepEqual(sizes(again), sizes(network));
      assert.equal(again.parameters, parameters);
    });
  }

  for (const [field, value, said] of [
    ['alibi', true, /"alibi" is true: this field is not supported, .*; supported: .*hidden_size, .*vocab_size/],
    ['quantization_config', { bits: 4 }, /"quantization_config" is {"bits":4}: this field is not supported/],
    ['rope_interleaved', true, /"rope_interleaved" is true: this field is not supported/],
    ['add_cross_attention', true, /"add_cross_attention" is true: this field is not supported/],
    [
      'rope_scaling',
      { type: 'linear', factor: 2, low_freq_factor: 1 },
      /"rope_scaling.low_freq_factor" is 1: this field is not supported, .*; supported: .*factor/,
    ],
    ['sliding_window', 128, /"sliding_window" is 128: this field is not supported/],
  ] as const) {
    it(`with ${JSON.stringify({ [field]: value })}, which a Llama does not have, is refused by name`, async () => {
      const llama = configurations.find(([name]) => name === 'llama-2-7b')![1].published;
      await assert.rejects(networkOf({ ...llama, [field]: value }), (error: Error) => {
        assert.ok(error instanceof ModelError, error.stack);
        assert.match(error.message, said);
        return true;
      });
    });
  }
});
