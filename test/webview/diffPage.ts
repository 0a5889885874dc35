import type { Browser } from 'playwright-core';
import { fromDiffPanel } from '../../extension/protocol/diffPanel';
import type { DiffSubject, FromDiffPanel, ToDiffPanel } from '../../extension/protocol/diffPanel';
import type { PromptDiff } from '../../extension/protocol/inspection';
import { diffOf } from './diffs';
import type { DiffOptions } from './diffs';
import { EditorPage, newContext } from './editorPage';
import type { PageOptions } from './editorPage';

export interface DiffPageOptions extends PageOptions, DiffOptions {}

/** The Diff panel, with a host on the other end that answers as the contract says. */
export class DiffPage extends EditorPage<ToDiffPanel, FromDiffPanel> {
  declare protected readonly options: DiffPageOptions;
  readonly diff: PromptDiff = diffOf(this.options);
  readonly subject: DiffSubject = { a: this.diff.a.path, b: this.diff.b.path };

  static async open(browser: Browser, options: DiffPageOptions = {}): Promise<DiffPage> {
    const context = await newContext(browser, options);
    const panel = new DiffPage(await context.newPage(), context, 'diff', fromDiffPanel, options);
    await panel.load();
    return panel;
  }

  async postDiff(): Promise<void> {
    await this.post({ type: 'diff', subject: this.subject, diff: this.diff });
  }

  protected async answer(message: FromDiffPanel): Promise<void> {
    if (message.type === 'ready') await this.postDiff();
  }
}
