import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../extension/protocol/experiment';
import type { Run } from '../../extension/protocol/run';
import { readRun } from '../../extension/runs/runFolder';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('soft-prompt-studio.soft-prompt-studio');
  if (!found) throw new Error('the extension is not installed in this host');
  return found;
}

/** Folder of the workspace, absolute. */
export function workspaceFolder(): string {
  return vscode.workspace.workspaceFolders![0]!.uri.fsPath;
}

/** A model of three small layers with random weights; what it learns is of no interest, that it learns is. */
export function tinyModel(): string {
  return join(extension().extensionPath, 'test', 'fixtures', 'models', 'llama-tied');
}

/** Writes `NAME.jsonl` with 60 rows whose label their first word tells. */
export async function writeDataSet(name: string): Promise<void> {
  const words = { good: ['fine', 'nice', 'great'], bad: ['poor', 'dull', 'awful'] };
  const rows = Array.from({ length: 60 }, (_, index) => {
    const label = index % 2 === 0 ? 'good' : 'bad';
    return { text: `${words[label][index % 3]!} ${index}`, label };
  });
  await writeFile(join(workspaceFolder(), `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** Writes `NAME.tune.json`, on data and a model that are there, with `steps` steps. */
export async function writeExperiment(
  name: string,
  steps: number,
  changes: Partial<Experiment> = {},
): Promise<vscode.Uri> {
  await writeDataSet(name);
  const experiment: Experiment = {
    name,
    model: tinyModel(),
    data: { train: `${name}.jsonl` },
    task: {
      template: '{text}:',
      label: { column: 'label', words: { good: 'good', bad: 'bad' } },
      maxTokens: 32,
    },
    prompt: { length: 4 },
    training: { steps, batchSize: 8, evaluateEvery: 10, patience: 0 },
    executionProvider: 'cpu',
    ...changes,
  };
  const file = join(workspaceFolder(), `${name}.tune.json`);
  await writeFile(file, JSON.stringify(experiment, null, 2));
  return vscode.Uri.file(file);
}

/** The runs of an experiment, as their folders say. */
export async function runsOf(name: string): Promise<Run[]> {
  const folder = join(workspaceFolder(), '.prompt-runs');
  const names = await readdir(folder).catch(() => []);
  const runs = await Promise.all(
    names.filter((each) => !each.startsWith('.')).map((each) => readRun(join(folder, each)).catch(() => undefined)),
  );
  return runs.filter((run) => run !== undefined).filter((run) => run.record.name === name);
}

/** The only run of an experiment, once `is` holds for it. */
export function runOnce(name: string, what: string, is: (run: Run) => boolean): Promise<Run> {
  return eventually(`the run of ${name} is ${what}`, async () => {
    const [run] = await runsOf(name);
    return run && is(run) ? run : undefined;
  });
}

/** Looks until `look` finds something; a failed look says what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  seconds = 90,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
