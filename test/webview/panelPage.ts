import type { Browser } from 'playwright-core';
import { fromRunsPanel } from '../../extension/protocol/runsPanel';
import type { Curve, FromRunsPanel, RunRow, ToRunsPanel } from '../../extension/protocol/runsPanel';
import { EditorPage, newContext } from './editorPage';
import type { PageOptions } from './editorPage';

export interface PanelOptions extends PageOptions {
  readonly rows?: readonly RunRow[];
  readonly curves?: (row: RunRow) => Curve | undefined;
  readonly trusted?: boolean;
  readonly problems?: readonly string[];
}

/** The Runs panel, with a host on the other end that answers as the contract says. */
export class PanelPage extends EditorPage<ToRunsPanel, FromRunsPanel> {
  rows: readonly RunRow[] = [];
  declare protected readonly options: PanelOptions;

  static async open(browser: Browser, options: PanelOptions = {}): Promise<PanelPage> {
    const context = await newContext(browser, options);
    const panel = new PanelPage(await context.newPage(), context, 'runs', fromRunsPanel, options);
    panel.rows = options.rows ?? [];
    await panel.load();
    return panel;
  }

  /** A run as it is now; replaces the one with its id. */
  async postRow(row: RunRow): Promise<void> {
    const known = this.rows.some(({ record }) => record.id === row.record.id);
    this.rows = known ? this.rows.map((each) => (each.record.id === row.record.id ? row : each)) : [row, ...this.rows];
    await this.post({ type: 'run', row });
  }

  async postRows(): Promise<void> {
    const { trusted = true, problems = [] } = this.options;
    await this.post({ type: 'runs', rows: this.rows, trusted, problems });
  }

  protected async answer(message: FromRunsPanel): Promise<void> {
    if (message.type === 'ready') await this.postRows();
    if (message.type === 'show') {
      const shown = this.rows.filter(({ record }) => message.ids.includes(record.id));
      const { curves } = this.options;
      if (curves)
        await this.post({
          type: 'curves',
          curves: shown.map((row) => curves(row)).filter((curve) => curve !== undefined),
        });
    }
    if (message.type === 'mark') {
      const row = this.rows.find(({ record }) => record.id === message.id);
      const { note = row?.marks.note, pinned = row?.marks.pinned, name = row?.marks.name } = message;
      const marks = { ...(note ? { note } : {}), ...(pinned ? { pinned } : {}), ...(name ? { name } : {}) };
      if (row) await this.postRow({ ...row, marks });
    }
  }
}
