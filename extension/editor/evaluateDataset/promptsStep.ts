import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Run } from '../../protocol/run';
import { checkpointPath, listCheckpoints } from '../../runs/checkpoints';
import { promptPlace } from '../inspection/promptFiles';
import { type Choice, type Step, back, choose, chooseMany } from '../platform/questions';
import { descriptionText, runName, statusText } from '../views/runText';
import { type EvaluationAnswers, type PromptCandidate, candidateGroups } from './evaluationAnswers';

const browse = '';
/** In front of the run folder whose other checkpoints are wanted. */
const others = 'checkpoints of ';

/** Runs that have a prompt, as candidates: their best checkpoint is meant. */
export function runCandidates(runs: readonly Run[]): PromptCandidate[] {
  return runs
    .filter(({ record }) => record.last !== undefined || record.best !== undefined)
    .map((run) => ({
      path: run.folder,
      name: runName(run),
      detail: `${statusText(run.record.status)} · ${descriptionText(run)} · ${dateText(run)}`,
      ...(run.record.model ? { model: run.record.model.sha256, modelName: run.record.model.name } : {}),
      ...(run.record.imported ? {} : { run: run.folder }),
    }));
}

/** Runs of one experiment have one name; when they began tells them apart. */
function dateText({ record }: Run): string {
  return new Date(record.createdAt).toLocaleString(vscode.env.language, { dateStyle: 'short', timeStyle: 'medium' });
}

/** Asks for prompts of one frozen model: of runs, of single checkpoints, of files. None is an answer, too: baselines need no prompt. */
export const promptsStep: Step<EvaluationAnswers> = async (answers, place) => {
  for (;;) {
    const { candidates } = answers;
    const modelOf = new Map(candidates.map(({ path, model }) => [path, model]));
    const answer = await chooseMany<string>({
      ...place,
      placeholder: vscode.l10n.t('Prompts to evaluate; all of one frozen model. None: only baselines'),
      choices: groupedChoices(candidates),
      chosen: answers.prompts,
      unfit: (path, chosen) => {
        const wanted = chosen.map((each) => modelOf.get(each)).find((model) => model !== undefined);
        const own = modelOf.get(path);
        return wanted === undefined || own === undefined || own === wanted
          ? undefined
          : vscode.l10n.t(
              '"{0}" is of another frozen model than "{1}". Clear what is chosen to choose it.',
              nameOf(candidates, path),
              nameOf(candidates, chosen[0]!),
            );
      },
      button: {
        icon: 'folder-opened',
        tooltip: vscode.l10n.t('Browse for an adapter or a prompt file...'),
        value: browse,
      },
    });
    if (answer === undefined || answer === back) return answer;
    answers.prompts = answer.chosen;
    if (answer.pressed === undefined) return true;
    const added =
      answer.pressed === browse ? await browsed() : await checkpointOf(answer.pressed.slice(others.length), answers);
    if (!added) continue;
    if (!candidates.some(({ path }) => path === added.path)) answers.candidates = [added, ...candidates];
    answers.prompts = [...new Set([...answer.chosen, added.path])];
  }
};

/** The candidates, under the name of their frozen model where there are several models. */
function groupedChoices(candidates: readonly PromptCandidate[]): Choice<string>[] {
  const groups = candidateGroups(candidates);
  return groups.flatMap(({ name, candidates: group }) => [
    ...(groups.length > 1
      ? [{ label: name === undefined ? vscode.l10n.t('Other prompts') : vscode.l10n.t('Frozen model {0}', name) }]
      : []),
    ...group.map(candidateChoice),
  ]);
}

function candidateChoice({ path, name, detail, run }: PromptCandidate): Choice<string> {
  return {
    label: name,
    description: detail,
    value: path,
    ...(run === undefined
      ? {}
      : {
          button: {
            icon: 'history',
            tooltip: vscode.l10n.t('Another checkpoint of this run...'),
            value: `${others}${run}`,
          },
        }),
  };
}

function nameOf(candidates: readonly PromptCandidate[], path: string): string {
  return candidates.find((each) => each.path === path)?.name ?? basename(path);
}

async function browsed(): Promise<PromptCandidate | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      filters: { [vscode.l10n.t('Soft prompt')]: ['safetensors', 'npy', 'json'] },
      openLabel: vscode.l10n.t('Evaluate'),
    })) ?? [];
  if (!file) return undefined;
  const path = promptPlace(file.fsPath);
  return { path, name: basename(path), detail: dirname(path) };
}

async function checkpointOf(run: string, { candidates }: EvaluationAnswers): Promise<PromptCandidate | undefined> {
  const owner = candidates.find(({ path }) => path === run);
  const name = nameOf(candidates, run);
  const step = await choose<number>({
    title: name,
    step: 1,
    totalSteps: 1,
    placeholder: vscode.l10n.t('Checkpoint to evaluate'),
    choices: listCheckpoints(run).then((all) =>
      all.toReversed().map((each) => ({ label: vscode.l10n.t('Step {0}', each.step), value: each.step })),
    ),
  });
  if (typeof step !== 'number') return undefined;
  return {
    path: checkpointPath(run, step),
    name: vscode.l10n.t('{0}, step {1}', name, step),
    detail: vscode.l10n.t('checkpoint'),
    ...(owner?.model === undefined ? {} : { model: owner.model }),
    ...(owner?.modelName === undefined ? {} : { modelName: owner.modelName }),
  };
}
