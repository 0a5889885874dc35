import { createInterface } from 'node:readline';
import { predictAll } from '../../../extension/engine/evaluation/predictions';
import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import { openScoringSession } from '../../../extension/engine/models/scoringSession';
import { Weights } from '../../../extension/engine/models/weights';
import { scoredTokens } from '../../../extension/trainer/jobs/evaluation/answers';
import { peakMemory, say } from './answer';
import { leadTokens, type Scoring, texts } from './scoredRows';

/** Our side of a comparison of scoring, a process of its own: each line that comes in is all rows once. */
async function main(): Promise<void> {
  const [folder, text] = process.argv.slice(2) as [string, string];
  const scoring = JSON.parse(text) as Scoring;
  const { promptLength } = scoring;
  const weights = await Weights.open(folder);
  const { network } = buildLanguageModel(await Configuration.read(folder), new FrozenTensors(weights));
  const session = await openScoringSession(network, { promptLength, executionProvider: 'cpu' });
  const first = Array.from({ length: promptLength }, (_, i) => 10 + i);
  const prompt = await weights.rows(network.embeddings, first);
  const classes = scoring.labels.map((id) => ({ words: String(id), targetIds: [id] }));
  const examples = texts(scoring, network.vocabulary).map((inputIds) => ({
    ...{ inputIds, leadTokens },
    ...classes[0]!,
    target: classes[0]!.words,
  }));
  const options = { batchTokens: scoredTokens.cpu, promptLength };
  say({ peak: peakMemory() });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    const started = performance.now();
    const predictions = await predictAll(session, prompt, examples, classes, options);
    const seconds = (performance.now() - started) / 1000;
    // Told so that both sides can be seen to compute the same.
    const loss = predictions.reduce((sum, { logProbability }) => sum - logProbability, 0) / predictions.length;
    say({ seconds, loss, peak: peakMemory() });
  }
  await session.release();
}

void main();
