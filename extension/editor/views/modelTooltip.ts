import * as vscode from 'vscode';
import type { ModelEntry } from '../../protocol/models';
import { factSheet } from '../platform/markdown';
import {
  bytesText,
  fitnessText,
  hindrance,
  memoryFacts,
  memoryText,
  modelName,
  parametersText,
  sourceText,
} from './modelText';

/** Everything that is known of a model, for the tooltip. */
export function modelTooltip(model: ModelEntry): vscode.MarkdownString {
  const { architecture, parameters, quantisation, bytes, path, source, memory } = model;
  const reason = hindrance(model);
  return factSheet(
    modelName(model),
    [...(reason === undefined ? [] : [reason]), ...(model.notes ?? [])],
    [
      [vscode.l10n.t('On this machine'), fitnessText(model)],
      [vscode.l10n.t('Architecture'), architecture],
      [vscode.l10n.t('Parameters'), parameters === undefined ? undefined : parametersText(parameters)],
      [vscode.l10n.t('Weights stored as'), quantisation],
      [vscode.l10n.t('On disk'), bytesText(bytes)],
      [vscode.l10n.t('Found in'), sourceText(source)],
      [vscode.l10n.t('Path'), path],
      [vscode.l10n.t('Memory to tune it'), memory && memoryText(memory)],
      ...(memory ? memoryFacts(memory) : []),
    ],
  );
}
