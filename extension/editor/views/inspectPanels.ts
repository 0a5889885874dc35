import * as vscode from 'vscode';
import { type InspectSubject, restoredSubject } from '../../protocol/inspectPanel';
import { placeName, promptPlace } from '../inspection/promptFiles';
import { promptOnDisk } from '../inspection/promptOnDisk';
import { Disposables } from '../platform/disposables';
import { InspectPanel, type InspectParts } from './inspectPanel';

const panelType = 'softPrompt.inspect';
const editorType = 'softPrompt.promptEditor';

/**
 * The Inspect panels of this window, one a prompt; brought back after a reload. Also the editor that opens a prompt file as
 * one.
 */
export class InspectPanels
  implements vscode.Disposable, vscode.WebviewPanelSerializer, vscode.CustomReadonlyEditorProvider
{
  readonly #own = new Disposables();
  readonly #open = new Set<InspectPanel>();
  /** Files that have this editor, the first opened first. */
  readonly #files = new Map<vscode.WebviewPanel, vscode.Uri>();

  constructor(private readonly parts: InspectParts) {
    this.#own.add(vscode.window.registerWebviewPanelSerializer(panelType, this));
    this.#own.add(vscode.window.registerCustomEditorProvider(editorType, this));
  }

  dispose(): void {
    for (const panel of this.#open) panel.dispose();
    this.#own.dispose();
  }

  /** Opens a prompt, or brings the panel to the front that shows it. */
  show({ prompt, model }: InspectSubject): void {
    const place = promptPlace(prompt);
    const open = [...this.#open].find((panel) => panel.prompt === place);
    if (open && model === undefined) open.reveal();
    else {
      const title = vscode.l10n.t('Inspect {0}', placeName(place));
      const panel = vscode.window.createWebviewPanel(panelType, title, vscode.ViewColumn.Active);
      this.#take(panel, { prompt: place, ...(model ? { model } : {}) });
    }
  }

  /** Addresses of the prompt files that are seen in this editor in the active group; of a comparison the older side first. */
  get visibleFiles(): readonly vscode.Uri[] {
    const column = vscode.window.tabGroups.activeTabGroup.viewColumn;
    return [...this.#files].filter(([panel]) => panel.visible && panel.viewColumn === column).map(([, uri]) => uri);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = restoredSubject(state);
    if (subject) this.#take(panel, subject);
    else panel.dispose();
    return Promise.resolve();
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    this.#files.set(panel, uri);
    panel.onDidDispose(() => this.#files.delete(panel));
    this.#take(panel, { prompt: await promptOnDisk(uri, this.parts.storage) });
  }

  #take(panel: vscode.WebviewPanel, subject: InspectSubject): void {
    const open = new InspectPanel(panel, subject, this.parts);
    this.#open.add(open);
    panel.onDidDispose(() => {
      open.dispose();
      this.#open.delete(open);
    });
  }
}
