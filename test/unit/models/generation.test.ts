import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrozenModel, Generation, GenerationSession } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import {
  type Expected,
  largestDifference,
  modelFixtures,
  modelNames,
  readExpected,
  turnedByLength,
} from './modelFixtures';

const cpu = { executionProvider: 'cpu', threads: 1 } as const;

interface Row {
  readonly inputIds: readonly number[];
  readonly ids: readonly number[];
  readonly text: string;
}
/** What test/oracles/generation.py writes. */
interface Written {
  readonly newTokens: number;
  readonly prompted: readonly Row[];
  readonly bare: readonly Row[];
  readonly ended: { readonly endToken: number; readonly rows: readonly Row[] };
}

function readWritten(name: string): Written {
  return JSON.parse(readFileSync(join(process.cwd(), `test/fixtures/generation/${name}.json`), 'utf8')) as Written;
}

const idsAndText = (rows: readonly (Row | Generation)[]): unknown => rows.map(({ ids, text }) => ({ ids, text }));
const noPrompt = new Float32Array(0);

describe('greedy texts are those of transformers', function () {
  this.timeout(120_000);
  // These ropes turn every row by the length of the longest one, here and in transformers: their rows are written one by one.
  for (const name of turnedByLength)
    it(`${name}, row by row, beyond the length that it was trained for`, async () => {
      const { prompted, newTokens } = readWritten(name);
      const { prompt, promptLength } = await readExpected(name);
      const model = await loadFrozenModel(join(modelFixtures, name));
      const session = await model.openGenerationSession({ ...cpu, promptLength });
      const texts: Generation[] = [];
      for (const row of prompted) texts.push(...(await session.generate(prompt, [row], { maxNewTokens: newTokens })));
      await session.release();
      assert.deepEqual(idsAndText(texts), idsAndText(prompted));
    });

  for (const name of modelNames.filter((each) => !turnedByLength.includes(each))) {
    describe(name, () => {
      const written = readWritten(name);
      const maxNewTokens = written.newTokens;
      let model: FrozenModel;
      let expected: Expected;
      let prompted: GenerationSession;
      before(async () => {
        model = await loadFrozenModel(join(modelFixtures, name));
        expected = await readExpected(name);
        prompted = await model.openGenerationSession({ ...cpu, promptLength: expected.promptLength });
      });
      after(() => prompted.release());

      it('behind a soft prompt, rows of different length in one batch', async () => {
        const texts = await prompted.generate(expected.prompt, written.prompted, { maxNewTokens });
        assert.deepEqual(idsAndText(texts), idsAndText(written.prompted));
        assert.ok(texts.every(({ stopped }) => stopped === 'length'));
      });

      it('of the bare model', async () => {
        const session = await model.openGenerationSession({ ...cpu, promptLength: 0 });
        const texts = await session.generate(noPrompt, written.bare, { maxNewTokens });
        await session.release();
        assert.deepEqual(idsAndText(texts), idsAndText(written.bare));
      });

      it('with a prompt for each row, as one after the other', async () => {
        const { promptLength, prompt } = expected;
        const prompts = written.prompted.map((_, row) => prompt.map((number) => number * (1 + row / 2)));
        const session = await model.openGenerationSession({ ...cpu, promptLength, promptPerRequest: true });
        const all = Float32Array.from(prompts.flatMap((each) => [...each]));
        const together = await session.generate(all, written.prompted, { maxNewTokens });
        await session.release();
        const alone: Generation[] = [];
        for (const [row, request] of written.prompted.entries())
          alone.push(...(await prompted.generate(prompts[row]!, [request], { maxNewTokens })));
        assert.deepEqual(idsAndText(together), idsAndText(alone));
      });

      it('a row that meets its end token leaves, and the others go on as before', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'end-token-'));
        await cp(join(modelFixtures, name), folder, { recursive: true });
        const config = await readFile(join(folder, 'config.json'), 'utf8');
        const withOther = config.replace(/"eos_token_id": ?\d+/, `"eos_token_id":${written.ended.endToken}`);
        assert.notEqual(withOther, config);
        await writeFile(join(folder, 'config.json'), withOther);
        const { promptLength, prompt } = expected;
        const session = await (await loadFrozenModel(folder)).openGenerationSession({ ...cpu, promptLength });
        const texts = await session.generate(prompt, written.ended.rows, { maxNewTokens });
        await session.release();
        await rm(folder, { recursive: true });
        assert.deepEqual(idsAndText(texts), idsAndText(written.ended.rows));
        const stopped = written.ended.rows.map(({ ids }) => (ids.length < maxNewTokens ? 'end' : 'length'));
        assert.deepEqual(
          texts.map((text) => text.stopped),
          stopped,
        );
      });

      it('the log-probability is that of scoring the text as a target', async () => {
        const texts = await prompted.generate(expected.prompt, written.prompted, { maxNewTokens });
        const scoring = await model.openScoringSession({ ...cpu, promptLength: expected.promptLength });
        // A token that every text begins with is no part of it, and nobody asks how likely it is.
        const { network } = await openModelFolder(join(modelFixtures, name));
        const { continuation } = network;
        const forced = continuation.kind === 'causal' ? undefined : continuation.forcedToken;
        const targetsOf = (ids: readonly number[]): number[][] =>
          forced === undefined ? [[...ids]] : [[forced, ...ids], [forced]];
        const requests = texts.map(({ ids }, row) => ({
          inputIds: written.prompted[row]!.inputIds,
          targets: targetsOf(ids),
        }));
        const scores = await scoring.score(expected.prompt, requests);
        await scoring.release();
        assert.ok(forced !== undefined || scores.flat().every(({ greedy }) => greedy));
        const sums = scores.map(([whole, begin]) => whole!.logProbability - (begin?.logProbability ?? 0));
        const ofTexts = texts.map(({ logProbability }) => logProbability);
        assert.ok(largestDifference(ofTexts, sums) < 1e-5 * maxNewTokens);
      });
    });
  }
});

for (const name of ['gemma3', 'bart'])
  it(`${name}: a text ends at any token that generation_config.json calls an end`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'end-tokens-'));
    await cp(join(modelFixtures, name), folder, { recursive: true });
    const { promptLength, prompt } = await readExpected(name);
    const { ended, newTokens: maxNewTokens } = readWritten(name);
    // transformers 5 has moved the token that a text begins with there.
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
    const { forced_bos_token_id, ...rest } = config;
    const ends = [rest['eos_token_id'], ended.endToken].flat();
    await writeFile(join(folder, 'config.json'), JSON.stringify(rest));
    const beside = JSON.stringify({ eos_token_id: ends, forced_bos_token_id });
    await writeFile(join(folder, 'generation_config.json'), `\uFEFF${beside}`);
    const session = await (await loadFrozenModel(folder)).openGenerationSession({ ...cpu, promptLength });
    const texts = await session.generate(prompt, ended.rows, { maxNewTokens });
    await session.release();
    await rm(folder, { recursive: true });
    assert.deepEqual(idsAndText(texts), idsAndText(ended.rows));
  });

it('a generation_config.json that forces no first token counts more than a config.json that does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'forced-token-'));
  await cp(join(modelFixtures, 'bart'), folder, { recursive: true });
  const forced = async (): Promise<number | undefined> => {
    const { continuation } = (await openModelFolder(folder)).network;
    return continuation.kind === 'causal' ? undefined : continuation.forcedToken;
  };
  const before = await forced();
  await writeFile(join(folder, 'generation_config.json'), '{"eos_token_id": 2}');
  const beside = await forced();
  await rm(folder, { recursive: true });
  assert.equal(typeof before, 'number');
  assert.equal(beside, undefined);
});
