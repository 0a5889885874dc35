import type { RunCommand, RunRow } from '../../extension/protocol/runsPanel';
import type { PanelModel } from '../state/panelModel';
import type { MenuItem } from './popupMenu';

/** What can be done with a run, in the order of buttons and menus; one command a row. */
export const runActions: readonly { readonly command: RunCommand; readonly label: string; readonly group: number }[] = [
  { command: 'stop', label: 'Stop', group: 0 },
  { command: 'resume', label: 'Resume', group: 0 },
  { command: 'inspect', label: 'Inspect Prompt', group: 1 },
  { command: 'diff', label: 'Diff Checkpoints…', group: 1 },
  { command: 'evaluate', label: 'Evaluate on…', group: 1 },
  { command: 'openCheckpoint', label: 'Open Checkpoint', group: 1 },
  { command: 'openLog', label: 'Open Log', group: 1 },
  { command: 'openExperiment', label: 'Open Experiment', group: 1 },
  { command: 'reveal', label: 'Reveal in Explorer', group: 2 },
  { command: 'copyPath', label: 'Copy Path', group: 2 },
  { command: 'delete', label: 'Delete…', group: 3 },
];

/** The items of a run's menu: its commands, and what a person can mark it with. `edit` begins an edit in the table. */
export function runMenu(model: PanelModel, row: RunRow, edit: (field: 'note' | 'name') => void): readonly MenuItem[] {
  const shown = model.ui.shown?.includes(row.record.id) === true;
  const commands = runActions.map(({ command, label, group }, index) => ({
    label,
    disabled: !model.can(command, row),
    separated: index > 0 && runActions[index - 1]!.group !== group,
    choose: () => model.command(command, row),
  }));
  const marks: readonly MenuItem[] = [
    {
      label: shown ? 'Take Out of Charts' : 'Show in Charts',
      separated: true,
      choose: () => model.toggleShown(row.record.id),
    },
    { label: row.marks.pinned === true ? 'Unpin' : 'Pin to Top', choose: () => model.pin(row) },
    { label: 'Rename', disabled: !model.ui.columns.includes('name'), choose: () => edit('name') },
    { label: 'Edit Note', disabled: !model.ui.columns.includes('note'), choose: () => edit('note') },
  ];
  return [...commands.slice(0, -1), ...marks, ...commands.slice(-1)];
}
