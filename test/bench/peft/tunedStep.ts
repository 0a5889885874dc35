import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import type { EncodedExample, PrefixCache, SessionOptions } from '../../../extension/engine/models/frozenModel';
import { openPrefixCache } from '../../../extension/engine/models/frozenPrefix/prefixCache';
import { noPlaceBehind } from '../../../extension/engine/models/frozenPrefix/promptPlace';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import { openTrainingSession } from '../../../extension/engine/models/trainingSession';
import { pastShare } from '../../../extension/engine/models/tuningMemory';
import { Weights } from '../../../extension/engine/models/weights';
import { cutByTokens } from '../../../extension/engine/tuning/batches';
import { createOptimizer } from '../../../extension/engine/tuning/optimizers/table';
import { batchGradient } from '../../../extension/engine/tuning/tunePrompt';
import { presetTable } from '../../../extension/protocol/presets';
import { judgeAdapter, viewHardware } from '../../../extension/trainer/jobs/provider/hardware';
import { stepFlops } from '../../../extension/engine/models/stepFlops';
import { peakMemory, say } from './answer';
import { type Workload, tokenIds } from './workloads';

/**
 * Our side of a comparison, a process of its own: `node tunedStep.mjs MODEL_FOLDER WORKLOAD_JSON [OPTIONS_JSON]`, options of the session. Each line that comes in is one optimiser
 * step; each line that goes out says how long it took, and the process's peak memory so far.
 */
async function main(): Promise<void> {
  const [folder, text, given = '{}'] = process.argv.slice(2) as [string, string, string?];
  const options = { executionProvider: 'cpu', ...(JSON.parse(given) as Partial<SessionOptions>) } as const;
  const workload = JSON.parse(text) as Workload & { readonly microBatchTokens?: number };
  const started = performance.now();
  const configuration = await Configuration.read(folder);
  const weights = await Weights.open(folder);
  const { network } = buildLanguageModel(configuration, new FrozenTensors(weights));
  const examples = examplesOf(workload, network.kind, network.vocabulary);
  const { promptLength, microBatchTokens = presetTable.quick.microBatchTokens } = workload;
  const behindText = workload.position === 'suffix' ? await prefixCacheOf(network, options) : undefined;
  const held = { promptLength, tokens: workload.targetTokens, past: workload.tokens - workload.targetTokens };
  const passes = {
    ...{ promptLength, microBatchTokens, sharedPrompt: network.kind === 'causal' && !behindText },
    pastShare: behindText && pastShare(network, held),
  };
  const session = await openTrainingSession(network, { promptLength, ...options, ...(behindText && { behindText }) });
  const opened = {
    seconds: (performance.now() - started) / 1000,
    resident: process.memoryUsage().rss,
    float32Bytes: 4 * network.parameters,
  };
  const prompt = await weights.rows(
    network.embeddings,
    Array.from({ length: promptLength }, (_, i) => 10 + i),
  );
  const optimizer = createOptimizer(
    { name: 'adamw', learningRate: 0.03, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    { length: promptLength, width: network.width },
  );
  const { microBatches } = cutByTokens(examples, passes);
  say({
    opened,
    // Seen only while the driver is loaded.
    device: options.executionProvider === 'cpu' ? 'CPU' : judgeAdapter(viewHardware()).name,
    flops: behindText
      ? undefined
      : flopsOf(
          network,
          workload,
          microBatches.map(({ length }) => length),
        ),
    peak: peakMemory(),
  });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    const asked = performance.now();
    const { loss, gradient } = await batchGradient(session, prompt, cutByTokens(examples, passes));
    optimizer.step(prompt, gradient, 0.03);
    say({ seconds: (performance.now() - asked) / 1000, loss, peak: peakMemory() });
  }
  await session.release();
  await behindText?.release();
}

/** With bounds as of a run, on this machine's disk beyond its memory's. */
async function prefixCacheOf(network: LanguageModel, options: SessionOptions): Promise<PrefixCache> {
  const { continuation } = network;
  if (continuation.kind !== 'causal') throw new Error(noPlaceBehind);
  return openPrefixCache(network, continuation, { ...options, folder: tmpdir() });
}

function examplesOf(workload: Workload, kind: 'causal' | 'encoder-decoder', vocabulary: number): EncodedExample[] {
  const { targetTokens } = workload;
  return tokenIds(workload, vocabulary).map((ids) =>
    kind === 'causal'
      ? { inputIds: ids.slice(0, -targetTokens), targetIds: ids.slice(-targetTokens) }
      : { inputIds: ids, targetIds: ids.slice(0, targetTokens) },
  );
}

/** In the matrix products of one step. @param batches examples in each of its micro-batches. */
function flopsOf(
  network: LanguageModel,
  { tokens, targetTokens, promptLength }: Workload,
  batches: readonly number[],
): number {
  const text = network.kind === 'causal' ? tokens - 1 : tokens;
  return batches.reduce((sum, batch) => {
    const sizes = { batch, rows: batch, text, slots: targetTokens, decoder: targetTokens, lead: 0 };
    return sum + stepFlops(network, promptLength, { ...sizes, targets: batch * targetTokens });
  }, 0);
}

void main();
