import * as vscode from 'vscode';
import type { RecommendedModel } from '../../protocol/models';
import { factSheet } from '../platform/markdown';
import { bytesText, memoryFacts, memoryText, parametersText } from './modelText';

/** `257.5 MiB to download · about 1.2 s a step`: what a model takes on this machine, in one line. */
export function recommendationFacts(model: RecommendedModel): string {
  return [
    model.downloaded ? vscode.l10n.t('on this machine') : vscode.l10n.t('{0} to download', bytesText(model.bytes)),
    vscode.l10n.t('about {0} a step', secondsText(model.stepSeconds)),
    ...(model.memory.verdict === 'tight' ? [vscode.l10n.t('needs memory that other programs hold')] : []),
  ].join(' · ');
}

/** What a model is good for and what it may be used for, in two sentences. */
export function goodForText({ goodFor, licence, gated }: RecommendedModel): string {
  const terms = gated
    ? vscode.l10n.t("Licence: {0}; accept it on the model's page first.", licence)
    : vscode.l10n.t('Licence: {0}.', licence);
  return `${vscode.l10n.t('Good for {0}.', goodFor)} ${terms}`;
}

/** One recommended model in the Models view. A click downloads it. */
export function recommendationItem(model: RecommendedModel): vscode.TreeItem {
  const item = new vscode.TreeItem(model.id.slice(model.id.indexOf('/') + 1));
  item.id = `recommended:${model.id}`;
  item.iconPath = new vscode.ThemeIcon(model.downloaded ? 'check' : 'cloud-download');
  item.description = recommendationFacts(model);
  item.contextValue = 'recommendation';
  item.tooltip = recommendationTooltip(model);
  const action = model.downloaded ? vscode.l10n.t('on this machine') : vscode.l10n.t('Enter downloads it');
  const label = [model.id, recommendationFacts(model), goodForText(model), action].join(', ');
  item.accessibilityInformation = { label, role: 'treeitem' };
  if (!model.downloaded)
    item.command = { command: 'softPrompt.downloadModel', title: vscode.l10n.t('Download'), arguments: [model.id] };
  return item;
}

function recommendationTooltip(model: RecommendedModel): vscode.MarkdownString {
  const { id, architecture, parameters, bytes, licence, memory, stepSeconds, minutes } = model;
  return factSheet(
    id,
    [goodForText(model)],
    [
      [vscode.l10n.t('Architecture'), architecture],
      [vscode.l10n.t('Parameters'), parametersText(parameters)],
      [vscode.l10n.t('Download'), bytesText(bytes)],
      [vscode.l10n.t('Licence'), licence],
      [vscode.l10n.t('One step on this CPU'), vscode.l10n.t('about {0}', secondsText(stepSeconds))],
      [vscode.l10n.t('A whole run of Quick'), vscode.l10n.t('at most about {0}', secondsText(60 * minutes))],
      [vscode.l10n.t('Memory to tune it'), memoryText(memory)],
      ...memoryFacts(memory),
    ],
  );
}

/** `0.4 s`, `12 s`, `14 min`, `3 h`: as exact as an estimate is. */
export function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(0)} h`;
}
