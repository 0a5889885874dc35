import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import type { SessionOptions } from '../../../extension/engine/models/frozenModel';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import { openTrainingSession } from '../../../extension/engine/models/trainingSession';
import { Weights } from '../../../extension/engine/models/weights';
import { createOptimizer } from '../../../extension/engine/tuning/optimizers/table';
import { judgeAdapter, viewHardware } from '../../../extension/trainer/jobs/provider/hardware';
import type { Workload } from './workloads';

/**
 * Optimiser steps of a model folder on one execution provider: `node tunedStep.mjs FOLDER WORKLOAD OPTIONS STEPS`. Prints one JSON line
 * with the seconds of each step after the first three, in which shaders are compiled, and the adapter behind a Vulkan device.
 */
async function main(): Promise<void> {
  const [folder = '', workloadText = '', optionsText = '', steps = '10'] = process.argv.slice(2);
  const { batch, tokens, promptLength } = JSON.parse(workloadText) as Workload;
  const options = JSON.parse(optionsText) as SessionOptions;
  const configuration = await Configuration.read(folder);
  const { network } = buildLanguageModel(configuration, new FrozenTensors(await Weights.open(folder)));
  const opened = performance.now();
  const session = await openTrainingSession(network, { ...options, promptLength });
  const openSeconds = (performance.now() - opened) / 1000;

  const id = (at: number): number => 3 + ((at * 7919) % (network.vocabulary - 3));
  const examples = Array.from({ length: batch }, (_, row) => ({
    inputIds: Array.from({ length: tokens }, (_, i) => id(row * tokens + i)),
    targetIds: [id(row), id(row + 1)],
  }));
  const prompt = Float32Array.from({ length: promptLength * network.width }, (_, i) => Math.sin(i) / 10);
  const optimizer = createOptimizer(
    { name: 'adamw', learningRate: 1e-3, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    { length: promptLength, width: network.width },
  );
  const seconds: number[] = [];
  let loss = 0;
  for (let step = 0; step < 3 + Number(steps); step++) {
    const started = performance.now();
    const result = await session.lossAndGradient(prompt, examples, 2 * batch);
    optimizer.step(prompt, Float64Array.from(result.gradient), 1e-3);
    loss = step === 0 ? result.loss : loss;
    if (step >= 3) seconds.push((performance.now() - started) / 1000);
  }
  // Seen only while the driver is loaded.
  const device = process.platform === 'linux' ? judgeAdapter(viewHardware()).name : process.platform;
  await session.release();
  process.stdout.write(`${JSON.stringify({ seconds, loss, openSeconds, device })}\n`);
}

await main();
