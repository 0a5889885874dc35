import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { fittingTokens, pastShare, tuningMemory } from '../../../extension/engine/models/tuningMemory';
import { cutByTokens } from '../../../extension/engine/tuning/batches';
import { modelFixtures } from './modelFixtures';

const stored = { float32: true };
const example = { promptLength: 20, tokens: 80 };

describe('the memory of tuning behind the text', () => {
  let network: LanguageModel;
  before(async () => {
    network = (await openModelFolder(join(modelFixtures, 'llama-tied'))).network;
  });

  it('counts a token of the past as less than one that is computed, and as nothing where there is none', () => {
    const share = pastShare(network, { promptLength: 5, tokens: 2, past: 80 });
    assert.ok(share > 0.01 && share < 0.5, String(share));
    assert.equal(pastShare(network, example), 0);
  });

  it('makes a pass smaller, and never smaller than one example with its past', () => {
    const behind = { promptLength: 5, tokens: 2, past: 80 };
    const least = Math.ceil(7 + 80 * pastShare(network, behind));
    assert.equal(fittingTokens(network, behind, 1600, stored, 64e9), 1600);
    assert.equal(fittingTokens(network, behind, 1600, stored, 1), least);
    const sizes = [1e7, 2e7, 4e7, 64e9].map((installed) => fittingTokens(network, behind, 1e6, stored, installed));
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => a - b),
    );
    assert.ok(sizes[0]! < sizes.at(-1)!);
  });

  it('is refused for an encoder-decoder', async () => {
    const t5 = (await openModelFolder(join(modelFixtures, 't5-v1.1'))).network;
    assert.throws(() => pastShare(t5, { promptLength: 5, tokens: 2, past: 80 }), /only a decoder-only/);
  });
});

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
        const batchSize = Math.floor(network.kind === 'causal' ? (tokens - 20) / 80 : tokens / 100);
        const { weights, activations } = tuningMemory(network, { ...example, batchSize }, stored, 64e9);
        return weights + activations;
      };
      const installed = 2 * bytes(300);
      const fitting = fittingTokens(network, example, 1600, stored, installed);
      assert.ok(fitting >= 100 && fitting < 400, `${fitting} tokens`);
      assert.ok(bytes(fitting) <= installed / 2);
      assert.ok(bytes(2 * fitting) > installed / 2);
    });

    it('counts the rows of a pass as batches are cut, which a long prompt makes many where they share it', () => {
      const long = { promptLength: 200, tokens: 10 };
      const { microBatches } = cutByTokens(
        Array.from({ length: 500 }, () => ({ inputIds: new Array<number>(9).fill(1), targetIds: [1] })),
        { promptLength: 200, microBatchTokens: 1600, sharedPrompt: network.kind === 'causal' },
      );
      const batchSize = microBatches[0]!.length;
      const { weights, activations } = tuningMemory(network, { ...long, batchSize }, stored, 64e9);
      const installed = 2 * (weights + activations);
      assert.equal(fittingTokens(network, long, 1600, stored, installed), 1600);
      assert.equal(fittingTokens(network, long, 1600, stored, installed - 1e4), 800);
    });

    it('never goes below one example', () => {
      assert.equal(fittingTokens(network, example, 1600, stored, 1), 100);
      assert.equal(fittingTokens(network, example, 60, stored, 1), 60);
    });
  });
