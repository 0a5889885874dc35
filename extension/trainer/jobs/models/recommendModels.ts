import { freemem, totalmem } from 'node:os';
import { percentile, summarizeColumns } from '../../../engine/datasets/columns';
import { cell, type Dataset } from '../../../engine/datasets/dataset';
import { openDataset, readHead } from '../../../engine/datasets/readers';
import { productSpeed } from '../../../engine/graph/productSpeed';
import { CachedRepository } from '../../../library/hub/hubCache';
import { hubCacheFolder } from '../../../library/hub/hubSettings';
import { usualWorkload } from '../../../library/memoryEstimate';
import { looksEnglish } from '../../../library/recommended/looksEnglish';
import { recommendableModels } from '../../../library/recommended/models';
import { recommend, tuningCosts } from '../../../library/recommended/recommend';
import type { ModelRecommendation, RecommendModelsJob } from '../../../protocol/models';
import { presetTable } from '../../../protocol/presets';
import { attempt, type JobContext } from '../context';

/** As large as the products of the recommended models; it takes about a tenth of a second. */
const product = { rows: 512, inner: 1024, columns: 1024 };
const repetitions = 20;
/** Enough of a file to tell language and length. */
const headCharacters = 2 ** 20;

/** Recommends models for this machine's memory and speed and, where a data set is named, for its language and its lengths. */
export async function recommendModels(
  { file }: RecommendModelsJob,
  { event }: JobContext,
): Promise<ModelRecommendation> {
  event({ type: 'phase', text: 'measuring this machine' });
  const texts = file === undefined ? undefined : await attempt('bad-data', async () => textsOf(await head(file)));
  const downloaded = await downloadedIds();
  const english = texts && looksEnglish(texts);
  const situation = {
    speed: await productSpeed(product, repetitions),
    memory: { free: freemem(), installed: totalmem() },
    steps: presetTable.quick.steps,
    english,
  };
  const tokens = (share: number): number => (texts ? tokensOf(texts, share) : usualWorkload.tokens);
  const costs = tuningCosts({ ...usualWorkload, tokens: tokens(0.95) }, tokens(0.5));
  const models = recommend(costs, situation, (id) => downloaded.has(id));
  return { models, ...(english === undefined ? {} : { english }) };
}

async function head(file: string): Promise<Dataset> {
  return readHead(await openDataset(file), headCharacters);
}

/** The texts of the column with the longest ones. */
function textsOf(dataset: Dataset): string[] {
  const [longest] = summarizeColumns(dataset).sort((a, b) => b.medianCharacters - a.medianCharacters);
  return longest ? dataset.rows.flatMap((row) => cell(row, longest.name) ?? []) : [];
}

/** Tokens that so large a share of the examples do not exceed, up to where Quick cuts them. A token is about four characters. */
function tokensOf(texts: readonly string[], share: number): number {
  const lengths = texts.map(({ length }) => length);
  return Math.min(presetTable.quick.maxTokens, Math.ceil(percentile(lengths, share) / 4) + 8);
}

async function downloadedIds(): Promise<ReadonlySet<string>> {
  const cache = hubCacheFolder(process.env);
  const there = await Promise.all(
    recommendableModels.map(async ({ id }) => {
      const commit = await new CachedRepository(cache, id).commitOf('main');
      return commit === undefined ? [] : [id];
    }),
  );
  return new Set(there.flat());
}
