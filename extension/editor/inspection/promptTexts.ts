import * as vscode from 'vscode';
import { type InspectSubject, restoredSubject } from '../../protocol/inspectPanel';
import { promptText } from '../../protocol/promptText';
import { Disposables } from '../platform/disposables';
import type { TrainerHost } from '../training/trainerHost';
import { baseFolder, untrusted } from './inspection';
import { placeName, promptHash } from './promptFiles';

const scheme = 'soft-prompt';

/** Address of a prompt's readable form. Its path ends in a name for the title; what is meant stands in the query. */
export function promptTextUri(subject: InspectSubject): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${placeName(subject.prompt)}.prompt`, query: JSON.stringify(subject) });
}

/**
 * The readable form of prompts as documents of the editor, for its own diff. Texts are kept by the hash of prompt and model
 * for as long as somebody has one open.
 */
export class PromptTexts implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #own = new Disposables();
  readonly #texts = new Map<string, { readonly key: string; readonly text: string }>();

  constructor(private readonly trainers: TrainerHost) {
    this.#own.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
    this.#own.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())));
  }

  dispose(): void {
    this.#own.dispose();
  }

  /** The text, or in its place, as comments, why there is none. */
  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const subject = restoredSubject({ subject: parsed(uri.query) });
    if (!subject) return comment(vscode.l10n.t('This address names no prompt.'));
    if (!vscode.workspace.isTrusted) return comment(untrusted().message);
    try {
      return await this.#text(uri, subject, token);
    } catch (error) {
      return comment(error instanceof Error ? error.message : String(error));
    }
  }

  async #text(uri: vscode.Uri, subject: InspectSubject, token: vscode.CancellationToken): Promise<string> {
    const { prompt, model } = subject;
    const key = `${await promptHash(prompt)} ${model ?? ''}`;
    const known = this.#texts.get(uri.toString());
    if (known?.key === key) return known.text;
    const trainer = this.trainers.start({
      kind: 'inspect',
      prompt,
      baseFolder: baseFolder(prompt),
      onlyFirst: true,
      ...(model ? { model } : {}),
    });
    const cancelling = token.onCancellationRequested(() => trainer.kill());
    try {
      const text = promptText(await trainer.result);
      this.#texts.set(uri.toString(), { key, text });
      return text;
    } finally {
      cancelling.dispose();
    }
  }
}

function parsed(query: string): unknown {
  try {
    return JSON.parse(query);
  } catch {
    return undefined;
  }
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');
}
