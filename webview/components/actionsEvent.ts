import type { RunRow } from '../../extension/protocol/runsPanel';

/** Fired with the run whose actions are wanted, and where on the page. */
export class ActionsEvent extends Event {
  constructor(
    readonly row: RunRow,
    readonly at: { readonly x: number; readonly y: number },
    readonly back: HTMLElement,
  ) {
    super('actions');
  }
}
