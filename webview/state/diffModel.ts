import { tokenChanges } from '../../extension/protocol/inspection';
import type { PromptDiff, TokenChange, TokenDifference } from '../../extension/protocol/inspection';
import { restoredDiffSubject } from '../../extension/protocol/diffPanel';
import type { DiffSubject, FromDiffPanel, ToDiffPanel } from '../../extension/protocol/diffPanel';
import type { Remedy } from '../../extension/protocol/inspectPanel';
import type { Host } from '../host';
import { diffFinding } from './diffFinding';

/** What the panel remembers over a reload. */
export interface DiffUiState {
  readonly version: 1;
  /** What is compared; the host reads it after a reload of the window. */
  readonly subject?: DiffSubject;
  /** Only rows with this change; absent for all. */
  readonly change?: TokenChange;
}

const firstState: DiffUiState = { version: 1 };

function restored(saved: unknown): DiffUiState {
  if (typeof saved !== 'object' || saved === null) return firstState;
  const state = saved as Readonly<Record<keyof DiffUiState, unknown>>;
  const subject = restoredDiffSubject(saved);
  const change = tokenChanges.find((each) => each === state.change);
  return { version: 1, ...(subject ? { subject } : {}), ...(change ? { change } : {}) };
}

/** What the Diff panel knows and what a person can do in it. The numbers are the host's. */
export class DiffModel {
  ui: DiffUiState;
  phase: 'working' | 'ready' | 'problem' = 'working';
  work: { readonly text: string; readonly share?: number } = { text: 'Opening both prompts…' };
  problem: { readonly message: string; readonly remedy?: Remedy } = { message: '' };
  diff: PromptDiff | undefined;
  /** The row that is marked, in the table and in the heat map. */
  marked: TokenDifference | undefined;
  /** What happened, for a screen reader; the newest last. */
  readonly events: string[] = [];

  constructor(
    private readonly host: Host<ToDiffPanel, FromDiffPanel>,
    private readonly changed: () => void,
  ) {
    this.ui = restored(host.read());
  }

  start(): void {
    this.host.listen((message) => this.receive(message));
    this.host.send({ type: 'ready' });
  }

  retry(): void {
    this.phase = 'working';
    this.work = { text: 'Opening both prompts…' };
    this.host.send({ type: 'retry' });
    this.changed();
  }

  /** Rows of the table. */
  get rows(): readonly TokenDifference[] {
    const { change } = this.ui;
    return (this.diff?.tokens ?? []).filter((row) => change === undefined || row.change === change);
  }

  /** Shows only rows with a change, or all. */
  showOnly(change: TokenChange | undefined): void {
    const { subject } = this.ui;
    this.ui = { version: 1, ...(subject ? { subject } : {}), ...(change ? { change } : {}) };
    this.host.write(this.ui);
    this.changed();
  }

  mark(row: TokenDifference | undefined): void {
    this.marked = row;
    this.changed();
  }

  copyFinding(): void {
    if (this.diff === undefined) return;
    this.host.send({ type: 'copy', text: diffFinding(this.diff) });
    this.events.push('Copied.');
    this.changed();
  }

  /** One of the things the host does by itself. */
  ask(type: 'swap' | 'openText' | 'chooseModel' | 'manageTrust'): void {
    this.host.send({ type });
  }

  inspect(side: 'a' | 'b'): void {
    this.host.send({ type: 'inspect', side });
  }

  private receive(message: ToDiffPanel): void {
    switch (message.type) {
      case 'working': {
        const { text, share } = message;
        this.phase = 'working';
        this.work = share === undefined ? { text } : { text, share };
        break;
      }
      case 'diff':
        this.phase = 'ready';
        this.diff = message.diff;
        this.marked = undefined;
        this.keep(message.subject);
        break;
      case 'problem': {
        const { message: text, remedy, subject } = message;
        this.phase = 'problem';
        this.problem = remedy === undefined ? { message: text } : { message: text, remedy };
        this.keep(subject);
        break;
      }
    }
    this.changed();
  }

  private keep(subject: DiffSubject): void {
    this.ui = { ...this.ui, subject };
    this.host.write(this.ui);
  }
}
