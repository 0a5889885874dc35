import type { Browser } from 'playwright-core';
import type { PromptInspection } from '../../extension/protocol/inspection';
import { fromInspectPanel } from '../../extension/protocol/inspectPanel';
import type { FromInspectPanel, InspectSubject, ToInspectPanel } from '../../extension/protocol/inspectPanel';
import { EditorPage, newContext } from './editorPage';
import type { PageOptions } from './editorPage';
import { inspectionOf, snapshotOf } from './inspections';
import type { InspectionOptions } from './inspections';

export interface InspectOptions extends PageOptions, InspectionOptions {
  readonly trusted?: boolean;
}

/** The Inspect panel, with a host on the other end that answers as the contract says. */
export class InspectPage extends EditorPage<ToInspectPanel, FromInspectPanel> {
  declare protected readonly options: InspectOptions;
  readonly inspection: PromptInspection = inspectionOf(this.options);
  readonly subject: InspectSubject = { prompt: this.inspection.prompt.path };

  static async open(browser: Browser, options: InspectOptions = {}): Promise<InspectPage> {
    const context = await newContext(browser, options);
    const panel = new InspectPage(await context.newPage(), context, 'inspect', fromInspectPanel, options);
    await panel.load();
    return panel;
  }

  async postInspection(): Promise<void> {
    const { inspection, subject } = this;
    await this.post({ type: 'inspection', subject, inspection, trusted: this.options.trusted ?? true, complete: true });
  }

  protected async answer(message: FromInspectPanel): Promise<void> {
    if (message.type === 'ready') await this.postInspection();
    if (message.type === 'snapshot')
      await this.post({ type: 'snapshot', snapshot: snapshotOf(message.step, this.options) });
  }
}
