import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { fittingTokens, tuningMemory } from '../../../extension/engine/models/tuningMemory';
import { modelFixtures } from './modelFixtures';

const stored = { float32: true };
const example = { promptLength: 20, tokens: 80 };

for (const name of ['llama-tied', 't5-v1.1'])
  describe(`the memory of tuning ${name}`, () => {
    let network: LanguageModel;
    before(async () => {
      network = (await openModelFolder(join(modelFixtures, name))).network;
    });

    it('leaves a pass as it is wanted where the machine has room for it', () => {
      assert.equal(fittingTokens(network, example, 1000, stored, 64e9), 1000);
    });

    it('makes a pass smaller, until weights and activations take half of the machine', () => {
      const bytes = (tokens: number): number => {
        const batchSize = Math.floor(tokens / 100);
        const { weights, activations } = tuningMemory(network, { ...example, batchSize }, stored, 64e9);
        return weights + activations;
      };
      const installed = 2 * bytes(300);
      const fitting = fittingTokens(network, example, 1600, stored, installed);
      assert.ok(fitting >= 100 && fitting < 400, `${fitting} tokens`);
      assert.ok(bytes(fitting) <= installed / 2);
      assert.ok(bytes(2 * fitting) > installed / 2);
    });

    it('never goes below one example', () => {
      assert.equal(fittingTokens(network, example, 1600, stored, 1), 100);
      assert.equal(fittingTokens(network, example, 60, stored, 1), 60);
    });
  });
