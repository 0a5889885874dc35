import { input } from '../../../engine/graph/leaves';
import { mul } from '../../../engine/graph/operators/elementwise';
import { writeModel } from '../../../engine/graph/emission/writeModel';
import { openSession } from '../../../engine/graph/session';
import type { ExecutionProvider, Precision } from '../../../protocol/experiment';
import type { ProviderChoice } from '../../../protocol/run';
import { holdsFloat16 } from './device';
import { judgeAdapter, viewHardware } from './hardware';
import { reasonInWords } from './reasonInWords';

export type Provider = Exclude<ExecutionProvider, 'auto'>;

export type ChosenProvider = ProviderChoice & { readonly used: Provider };

/** A provider that was asked for by name and is not to be had; the message says why and what to do. */
export class ProviderMissingError extends Error {
  override readonly name = 'ProviderMissingError';
}

/**
 * What `auto` looks at before the CPU, best first. CoreML is left to be asked for: it runs single operators of the
 * backward graph and hands the rest to the CPU.
 */
const candidates: Readonly<Partial<Record<NodeJS.Platform, readonly Provider[]>>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['webgpu', 'dml'],
  darwin: ['webgpu'],
};

/**
 * Chooses where the model runs by trying: a tiny graph on each candidate, in this process. `auto` never takes a software
 * adapter; a provider asked for by name is taken as it is, software or not.
 *
 * @param precision what it is to compute in; a provider that cannot is not taken.
 * @throws ProviderMissingError when the provider asked for cannot run.
 */
export async function chooseProvider(
  wanted: ExecutionProvider,
  precision: Precision = 'float32',
): Promise<ChosenProvider> {
  if (wanted !== 'auto') {
    const tried = await tryProvider(wanted, precision);
    if ('reason' in tried) {
      throw new ProviderMissingError(
        `The execution provider "${wanted}" cannot be used: ${tried.reason}. Choose "auto" or "cpu" in the setting ` +
          '"softPrompt.executionProvider" or in the experiment.',
      );
    }
    return { used: wanted, ...kept(tried), rejected: [] };
  }
  const rejected: { provider: Provider; reason: string }[] = [];
  for (const provider of candidates[process.platform] ?? []) {
    const tried = await tryProvider(provider, precision);
    if ('reason' in tried) rejected.push({ provider, reason: tried.reason });
    else if (tried.software)
      rejected.push({ provider, reason: `the only adapter is ${tried.device}, which computes on the CPU` });
    else return { used: provider, ...kept(tried), rejected };
  }
  return { used: 'cpu', rejected };
}

interface Usable {
  readonly software: boolean;
  readonly device?: string;
  readonly float16?: boolean;
}
type Tried = Usable | { readonly reason: string };

/** What the choice keeps of a try. */
function kept({ device, float16 }: Usable): Pick<ChosenProvider, 'device' | 'float16'> {
  return { ...(device ? { device } : {}), ...(float16 === undefined ? {} : { float16 }) };
}

async function tryProvider(provider: Provider, precision: Precision): Promise<Tried> {
  if (provider === 'cpu') return { software: false };
  try {
    if (!(await squares(provider, precision))) return { reason: 'it computes wrong numbers on this machine' };
    const adapter = provider === 'webgpu' && process.platform === 'linux' ? judgeAdapter(viewHardware()) : undefined;
    const half = holdsFloat16(provider) ? { float16: await squares(provider, 'float16').catch(() => false) } : {};
    return { software: adapter?.hardware === false, ...(adapter ? { device: adapter.name } : {}), ...half };
  } catch (error) {
    return { reason: reasonInWords(provider, error instanceof Error ? error.message : String(error)) };
  }
}

/** Whether it squares two numbers right. @throws Error where it cannot run at all. */
async function squares(provider: Provider, precision: Precision): Promise<boolean> {
  const x = input('x', 'float', [2]);
  const session = await openSession(writeModel({ y: mul(x, x) }, { executionProvider: provider, precision }));
  try {
    const { y } = await session.run({ x: { data: [3, 4], shape: [2] } });
    return y?.data[0] === 9 && y.data[1] === 16;
  } finally {
    await session.release();
  }
}
