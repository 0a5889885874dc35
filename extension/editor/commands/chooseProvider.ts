import * as vscode from 'vscode';
import type { ExecutionProvider } from '../../protocol/experiment';
import type { ProviderChoice } from '../../protocol/run';
import { type Choice, back, choose } from '../platform/questions';
import { changeSetting, setting } from '../platform/settings';
import { mayTune } from '../platform/trust';
import type { TrainerHost } from '../training/trainerHost';
import type { Command } from './studio';

/** Shows what each execution provider would run on in this machine, or why it cannot, and sets the one that is chosen. */
export const chooseProvider: Command = async ({ trainerHost }) => {
  if (!mayTune()) return;
  const chosen = await choose({
    title: vscode.l10n.t('Execution Provider'),
    placeholder: vscode.l10n.t('Where the frozen model runs; an experiment may say otherwise'),
    choices: choices(trainerHost),
    // Looked up when the choices are there: trying them takes seconds.
    active: (provider) => provider === setting('executionProvider'),
  });
  if (chosen !== undefined && chosen !== back) await changeSetting('executionProvider', chosen);
};

/** The providers of this platform by name, in the order in which they are offered. */
function offered(): ExecutionProvider[] {
  const own: Partial<Record<NodeJS.Platform, readonly ExecutionProvider[]>> = {
    linux: ['webgpu', 'cuda'],
    win32: ['webgpu', 'dml'],
    darwin: ['webgpu', 'coreml'],
  };
  return ['auto', 'cpu', ...(own[process.platform] ?? [])];
}

/** Each provider is tried in a process of its own, one after the other: drivers do not like company. */
async function choices(host: TrainerHost): Promise<Choice<ExecutionProvider>[]> {
  const all: Choice<ExecutionProvider>[] = [];
  for (const provider of offered()) {
    const tried = await host
      .start<'probe-providers'>({ kind: 'probe-providers', executionProvider: provider })
      .result.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    all.push({ label: provider, value: provider, ...described(provider, tried) });
  }
  return all;
}

function described(
  provider: ExecutionProvider,
  tried: ProviderChoice | Error,
): { readonly description?: string; readonly detail?: string } {
  if (tried instanceof Error) return { description: vscode.l10n.t('not here'), detail: tried.message };
  const device = [provider === 'auto' ? tried.used : undefined, tried.device].filter((each) => each !== undefined);
  const rejected = tried.rejected.map((each) => vscode.l10n.t('not {0}: {1}', each.provider, each.reason));
  return {
    ...(device.length > 0 ? { description: device.join(', ') } : {}),
    ...(rejected.length > 0 ? { detail: rejected.join('; ') } : {}),
  };
}
