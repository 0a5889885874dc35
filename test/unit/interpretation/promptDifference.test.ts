import assert from 'node:assert/strict';
import { nearestTokens } from '../../../extension/engine/interpretation/neighbours';
import { promptDifference, type PromptWithNeighbours } from '../../../extension/engine/interpretation/promptDifference';
import { tokenTexts } from '../../../extension/engine/interpretation/tokenText';
import type { FrozenModel } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { modelFixtures } from '../models/modelFixtures';
import { plantedPrompt, type Planted } from './plantedPrompt';

const ids = [40, 90, 120, 150, 200];
const own = ids.map((id): Planted => ({ id, noise: 0.1 }));

describe('the difference of two prompts', () => {
  let model: FrozenModel;
  before(async () => {
    model = await loadFrozenModel(`${modelFixtures}/llama-untied`);
  });

  async function withNeighbours(prompt: Float32Array): Promise<PromptWithNeighbours> {
    const search = await model.openNeighbourSearch(3);
    const neighbours = await nearestTokens(search, prompt, 'cosine', tokenTexts(model));
    await search.release();
    return { prompt, neighbours };
  }
  /** What happens to each token: [change, position in a, position in b]. */
  async function changes(a: Float32Array, b: Float32Array): Promise<unknown[]> {
    const { tokens } = promptDifference(await withNeighbours(a), await withNeighbours(b), model.width);
    return tokens.map((token) => [token.change, token.a, token.b]);
  }

  it('is none between a prompt and itself, not even after it was stored as float16 is', async () => {
    const prompt = await plantedPrompt(model, own);
    const rounded = prompt.map((number) => Math.round(number * 4096) / 4096);
    const unchanged = ids.map((_, i) => ['unchanged', i, i]);
    assert.deepEqual(await changes(prompt, prompt), unchanged);
    assert.deepEqual(await changes(prompt, rounded), unchanged);
  });

  it('finds the planted permutation: tokens that moved are not called changed', async () => {
    const order = [3, 1, 0, 4, 2];
    const a = await plantedPrompt(model, own);
    const b = Float32Array.from(
      order.flatMap((position) => [...a.subarray(position * model.width, (position + 1) * model.width)]),
    );
    assert.deepEqual(
      await changes(a, b),
      ids.map((_, position) => {
        const place = order.indexOf(position);
        return [place === position ? 'unchanged' : 'moved', position, place];
      }),
    );
  });

  it('tells the replaced token from the ones that stayed, and which neighbours left and came', async () => {
    const a = await plantedPrompt(model, own);
    const b = await plantedPrompt(model, own.with(2, { id: 17 }));
    const { tokens, cosines } = promptDifference(await withNeighbours(a), await withNeighbours(b), model.width);
    assert.deepEqual(
      tokens.map(({ change }) => change),
      ['unchanged', 'unchanged', 'changed', 'unchanged', 'unchanged'],
    );
    const { left, came, cosine } = tokens[2]!;
    assert.equal(left[0]!.id, 120);
    assert.equal(came[0]!.id, 17);
    assert.equal(cosine, cosines[2]![2]);
    assert.deepEqual(
      tokens[0]!.stayed.map(({ id }) => id),
      (await withNeighbours(a)).neighbours[0]!.map(({ id }) => id),
    );
  });

  it('lines up prompts of different lengths and says which tokens were added and removed', async () => {
    const long = await plantedPrompt(model, own);
    const short = long.slice(2 * model.width);
    assert.deepEqual(await changes(long, short), [
      ['removed', 0, undefined],
      ['removed', 1, undefined],
      ['moved', 2, 0],
      ['moved', 3, 1],
      ['moved', 4, 2],
    ]);
    assert.deepEqual(await changes(short, long), [
      ['moved', 0, 2],
      ['moved', 1, 3],
      ['moved', 2, 4],
      ['added', undefined, 0],
      ['added', undefined, 1],
    ]);
  });
});
