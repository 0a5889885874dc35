import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { RunRow } from '../../extension/protocol/runsPanel';
import { statusWord } from '../state/runFacts';
import { icon } from './icon';

/** The status of a run: an icon and a word. */
export function status(row: RunRow): TemplateResult {
  return html`<span class="status status-${row.record.status}">${icon(row.record.status)}${statusWord(row)}</span>`;
}
