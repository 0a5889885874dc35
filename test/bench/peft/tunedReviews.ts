import { createInterface } from 'node:readline';
import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import { openTrainingSession } from '../../../extension/engine/models/trainingSession';
import { Weights } from '../../../extension/engine/models/weights';
import { BatchStream } from '../../../extension/engine/tuning/batches';
import { createOptimizer } from '../../../extension/engine/tuning/optimizers/table';
import { batchGradient } from '../../../extension/engine/tuning/tunePrompt';
import { presetTable } from '../../../extension/protocol/presets';
import { peakMemory, say } from './answer';
import { leadTokens, type Scoring, texts } from './scoredRows';

/**
 * Our side of a comparison of tuning on texts of the sample's lengths, a process of its own, with the batches and passes of a run: each line
 * that comes in is one epoch; each line that goes out says how long it took.
 */
async function main(): Promise<void> {
  const [folder, text] = process.argv.slice(2) as [string, string];
  const reviews = JSON.parse(text) as Scoring;
  const { promptLength } = reviews;
  const weights = await Weights.open(folder);
  const { network } = buildLanguageModel(await Configuration.read(folder), new FrozenTensors(weights));
  const session = await openTrainingSession(network, { promptLength, executionProvider: 'cpu' });
  const first = Array.from({ length: promptLength }, (_, i) => 10 + i);
  const prompt = await weights.rows(network.embeddings, first);
  const { batchSize, microBatchTokens, optimizer: kind } = presetTable.quick;
  const optimizer = createOptimizer(kind, { length: promptLength, width: network.width });
  const examples = texts(reviews, network.vocabulary).map((inputIds, row) => ({
    ...{ inputIds, leadTokens },
    targetIds: [reviews.labels[row % reviews.labels.length]!],
  }));
  const stream = new BatchStream(examples, {
    ...{ batchSize, microBatchTokens, promptLength, seed: 0 },
    sharedPrompt: network.kind === 'causal',
  });
  say({ peak: peakMemory() });
  let step = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    const started = performance.now();
    let mean = 0;
    const steps = examples.length / batchSize;
    for (let i = 0; i < steps; i++) {
      const { loss, gradient } = await batchGradient(session, prompt, stream.batch(step++));
      optimizer.step(prompt, gradient, kind.learningRate);
      mean += loss / steps;
    }
    say({ seconds: (performance.now() - started) / 1000, loss: mean, peak: peakMemory() });
  }
  await session.release();
}

void main();
