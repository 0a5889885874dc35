import * as vscode from 'vscode';
import type { DownloadProgress, HubSearchResult, MemoryEstimate, ModelEntry, ModelSource } from '../../protocol/models';
import type { Fact } from '../platform/markdown';

/** Name of a group of the Models view. */
export function sourceText(source: ModelSource): string {
  switch (source) {
    case 'bundled':
      return vscode.l10n.t('Bundled');
    case 'hub':
      return vscode.l10n.t('Hugging Face Cache');
    case 'ollama':
      return vscode.l10n.t('Ollama');
    case 'lm-studio':
      return vscode.l10n.t('LM Studio');
    case 'llama-cpp':
      return vscode.l10n.t('llama.cpp');
    case 'folder':
      return vscode.l10n.t('Folders');
    case 'gguf':
      return vscode.l10n.t('GGUF Files');
    case 'unpacked':
      return vscode.l10n.t('Unpacked GGUF Files');
  }
}

/** What a model is called where people choose one. */
export function modelName({ source, name }: ModelEntry): string {
  return source === 'bundled' ? vscode.l10n.t('Bundled model') : name;
}

/** Bytes in binary units: `12 KiB`, `44.8 MiB`, `2.31 GiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 2 ** 10)} KiB`;
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** A number of weights as model cards give it: `8,512`, `39.1 M`, `1.24 B`. */
export function parametersText(parameters: number): string {
  if (parameters < 1e6) return parameters.toLocaleString('en');
  return parameters < 1e9 ? `${(parameters / 1e6).toFixed(1)} M` : `${(parameters / 1e9).toFixed(2)} B`;
}

/** What it is, in one short line: `llama · 39.1 M · 44.8 MiB · Q4_1`. */
export function modelFacts({ architecture, parameters, quantisation, bytes }: ModelEntry): string {
  const told = [
    architecture,
    parameters === undefined ? undefined : parametersText(parameters),
    bytesText(bytes),
    quantisation,
  ];
  return told.filter((part) => part !== undefined).join(' · ');
}

/** How well a model does on this machine. */
export type Fitness = 'runs' | 'tight' | 'unfit' | 'damaged';

export function fitness({ problem, runs, memory }: ModelEntry): Fitness {
  if (problem !== undefined) return 'damaged';
  if (!runs.ok) return 'unfit';
  return memory?.verdict === 'tight' ? 'tight' : 'runs';
}

/** Whether a model runs here, in words. */
export function fitnessText(model: ModelEntry): string {
  switch (fitness(model)) {
    case 'runs':
      return vscode.l10n.t('runs here');
    case 'tight':
      return vscode.l10n.t('runs here when memory is freed');
    case 'unfit':
      return vscode.l10n.t('does not run here');
    case 'damaged':
      return vscode.l10n.t('cannot be used');
  }
}

/** Why a model does not run, or cannot be read; undefined when it does and can. */
export function hindrance({ problem, runs }: ModelEntry): string | undefined {
  return problem ?? (runs.ok ? undefined : runs.reason);
}

/** What a screen reader says of a model. */
export function accessibleModelText(model: ModelEntry): string {
  const { architecture, parameters, bytes, quantisation } = model;
  const told = [
    modelName(model),
    fitnessText(model),
    architecture,
    parameters === undefined ? undefined : vscode.l10n.t('{0} parameters', parametersText(parameters)),
    bytesText(bytes),
    quantisation,
    hindrance(model),
  ];
  return told.filter((part) => part !== undefined).join(', ');
}

/** Memory of one tuning step, in one line. */
export function memoryText({ workload, total }: MemoryEstimate): string {
  return vscode.l10n.t(
    '{0} for {1} virtual tokens and {2} examples of {3} tokens at once',
    bytesText(total),
    workload.promptLength,
    workload.batchSize,
    workload.tokens,
  );
}

/** Where the memory goes, and how much there is. */
export function memoryFacts({ weights, activations, process, free, installed }: MemoryEstimate): readonly Fact[] {
  return [
    [vscode.l10n.t('Weights in memory'), bytesText(weights)],
    [vscode.l10n.t('Activations'), bytesText(activations)],
    [vscode.l10n.t('The process itself'), bytesText(process)],
    [vscode.l10n.t('This machine'), vscode.l10n.t('{0}, of which {1} are free', bytesText(installed), bytesText(free))],
  ];
}

/** Whether there is enough memory, and what to do if not. */
export function verdictText({ verdict }: MemoryEstimate): string {
  switch (verdict) {
    case 'fits':
      return vscode.l10n.t('It fits.');
    case 'tight':
      return vscode.l10n.t('It fits once other programs have freed memory.');
    case 'too-large':
      return vscode.l10n.t('It does not fit. Take fewer examples at once, shorter texts or a smaller model.');
  }
}

/** `model.safetensors · 120.4 MiB of 256.6 MiB · 5.2 MiB/s` */
export function downloadText({ file, done, total, rate }: DownloadProgress): string {
  const share = vscode.l10n.t('{0} of {1}', bytesText(done), bytesText(total));
  const pace = rate === undefined ? [] : [vscode.l10n.t('{0}/s', bytesText(rate))];
  return [file, share, ...pace].join(' · ');
}

/** What the hub tells of a model, in one line. */
export function hubFacts({ architecture, parameters, downloads, licence, gated, downloaded }: HubSearchResult): string {
  const told = [
    downloaded ? vscode.l10n.t('on this machine') : undefined,
    gated ? vscode.l10n.t('gated') : undefined,
    architecture,
    parameters === undefined ? undefined : vscode.l10n.t('{0} parameters', parametersText(parameters)),
    vscode.l10n.t('{0} downloads', downloads.toLocaleString('en')),
    licence,
  ];
  return told.filter((part) => part !== undefined).join(' · ');
}
