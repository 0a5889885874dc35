import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Job, JobEvent, JobResults } from '../../protocol/trainer';
import { startTrainer, type Trainer } from '../../trainer/client';
import { setting } from '../platform/settings';

/** Starts trainer processes with what only the editor knows: where the extension lies, its settings and its log. */
export class TrainerHost {
  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  start<Kind extends Job['kind']>(
    job: Extract<Job, { kind: Kind }>,
    onEvent?: (event: JobEvent) => void,
  ): Trainer<JobResults[Kind]> {
    const nodePath = setting('nodePath');
    return startTrainer<Kind>(job, {
      entry: join(this.extensionPath, 'dist', 'trainer.cjs'),
      bundledModel: join(this.extensionPath, 'media', 'model'),
      ...(nodePath ? { nodePath } : {}),
      ...(onEvent ? { onEvent } : {}),
      onLog: (level, text, pid) => this.log[level](`[trainer ${pid ?? '-'}] ${text}`),
    });
  }
}
