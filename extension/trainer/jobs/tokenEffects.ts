import { tokenEffects as effectsOf } from '../../engine/interpretation/tokenEffects';
import type { TokenEffects } from '../../protocol/inspection';
import type { TokenEffectsJob } from '../../protocol/trainer';
import { attempt, type JobContext } from './context';
import { effectSample } from './inspection/effectSample';
import { fitWarnings, inspectedPrompt } from './inspection/inspected';
import { openPromptModel, weightsOfRuns } from './promptModel';
import { readPrompt } from './promptSource';
import { deviceOf } from './provider/device';
import { probeApart } from './provider/probeApart';

/** Measures how much each virtual token matters. A stop ends it without an answer: half of the effects would be of no use. */
export async function tokenEffects(job: TokenEffectsJob, context: JobContext): Promise<TokenEffects> {
  const { signal, event, heartbeat, log } = context;
  const phase = (text: string, share?: number): void =>
    event({ type: 'phase', text, ...(share === undefined ? {} : { share }) });
  phase('reading the prompt');
  const source = await readPrompt(job.prompt);
  phase('opening the frozen model');
  const model = await openPromptModel([source], job, context);
  const warnings = fitWarnings(source, model);
  phase('reading the data');
  const sampled = await attempt('bad-data', () => effectSample(source, job, model));
  phase('choosing the execution provider');
  const provider = await probeApart(job.executionProvider, context);
  const device = await deviceOf(model, provider, weightsOfRuns([source]), (remark) => log('info', remark));
  const { mean } = await model.vocabularyStatistics();

  phase('building the graph');
  const { prompt, length: promptLength } = source.stored;
  // Every text is seen with every virtual token left out, so it is worth keeping.
  const behindText = source.stored.learnedOn?.position
    ? await attempt('bad-model', () => model.openPrefixCache(device))
    : undefined;
  const session = await attempt('bad-model', () =>
    model.openScoringSession({ ...device, promptLength, promptPerRequest: true, behindText }),
  );
  try {
    const { examples, classes, metric, microBatchTokens, rowsOf } = sampled;
    const found = await effectsOf({
      ...{ session, prompt, replacement: mean, examples, classes, metric },
      options: {
        batchTokens: microBatchTokens,
        stop: signal,
        onProgress: (share) => {
          heartbeat();
          phase('leaving out one virtual token after the other', share);
        },
      },
    });
    return {
      prompt: inspectedPrompt(source),
      metric,
      ...found,
      rows: examples.length,
      rowsOf,
      seed: job.seed ?? 0,
      warnings,
    };
  } finally {
    await session.release();
    await behindText?.release();
  }
}
