import * as vscode from 'vscode';
import { tell } from '../platform/offer';
import { mayHandleModels } from '../platform/trust';
import { bytesText } from '../views/modelText';
import type { Command } from './studio';

/** Removes onnxruntime's CUDA libraries. */
export const disableCuda: Command = async (studio) => {
  if (!mayHandleModels()) return;
  const { freed } = await studio.trainerHost.start<'disable-cuda'>({ kind: 'disable-cuda' }).result;
  const text =
    freed === 0
      ? vscode.l10n.t('The CUDA libraries were not there.')
      : vscode.l10n.t('The CUDA libraries are removed; {0} are free again.', bytesText(freed));
  tell('info', text);
};
