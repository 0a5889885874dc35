import { join } from 'node:path';
import type { ExecutionProvider, Precision } from '../../../protocol/experiment';
import { startTrainer } from '../../client';
import { TrainerFailure } from '../../failure';
import type { JobContext } from '../context';
import { chooseProvider, type ChosenProvider, type Provider } from './chooseProvider';

/**
 * {@link chooseProvider} in a process of its own: a graphics driver that crashes or prints while it is tried takes
 * nothing else down and spoils no output. The CPU needs no try.
 *
 * @throws TrainerFailure "provider-missing" when the provider asked for by name cannot be used.
 */
export async function probeApart(
  wanted: ExecutionProvider,
  { resources, log }: Pick<JobContext, 'resources' | 'log'>,
  precision: Precision = 'float32',
): Promise<ChosenProvider> {
  if (wanted === 'cpu') return chooseProvider(wanted, precision);
  const prober = startTrainer(
    { kind: 'probe-providers', executionProvider: wanted, precision },
    // All bundles of Node code lie in one folder.
    { ...resources, entry: join(__dirname, 'trainer.cjs'), onLog: (_level, text) => log('debug', text) },
  );
  try {
    const choice = await prober.result;
    return { ...choice, used: choice.used as Provider };
  } catch (error) {
    if (wanted !== 'auto' || !(error instanceof TrainerFailure)) throw error;
    // Which of the candidates it was cannot be known any more; none of them is to be trusted.
    const reason = `trying the graphics providers ended the process that did it (${error.message})`;
    return { used: 'cpu', rejected: [{ provider: 'webgpu', reason }] };
  }
}
