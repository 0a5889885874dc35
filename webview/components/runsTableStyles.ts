import { css } from 'lit';

/** Look of the runs table, besides `gridStyles`. */
export const tableStyles = css`
  :host {
    display: block;
    min-height: 0;
    min-width: 0;
  }
  .scroll {
    border-top: 1px solid var(--edge);
    height: 100%;
    overflow: auto;
    scroll-padding-left: 22em;
    scroll-padding-top: 2.3em;
  }
  tr {
    --row: transparent;
    --row-height: 2em;
  }
  /* The columns that stick take it up. */
  tbody tr:hover {
    --row: var(--vscode-list-hoverBackground, transparent);
  }
  tbody tr[aria-selected='true'] {
    --row: var(--vscode-list-inactiveSelectionBackground, transparent);
  }
  .aside .stick,
  th.stick {
    position: sticky;
    z-index: 1;
  }
  .cell-shown {
    left: var(--shown-left);
  }
  .cell-pin {
    left: var(--pin-left);
  }
  .cell-name,
  .edit-name {
    left: var(--name-left);
  }
  /* Opaque, since other columns pass below. */
  td.stick {
    background: linear-gradient(var(--row), var(--row)), var(--ground);
  }
  @container (max-width: 620px) {
    .scroll {
      scroll-padding-left: 0;
    }
    td.stick,
    th.stick {
      left: auto !important;
    }
  }
  td:first-child {
    border-inline-start: 2px solid transparent;
  }
  [aria-selected='true'] td:first-child {
    border-inline-start-color: var(--vscode-focusBorder);
  }
  .numeric {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  th.numeric button {
    flex-direction: row-reverse;
  }
  th .title {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .cell-shown,
  .cell-pin {
    align-items: center;
    display: flex;
  }
  .cell-shown {
    padding: 0 0 1px 8px;
  }
  .cell-shown label {
    align-items: center;
    cursor: pointer;
    display: flex;
    gap: 6px;
  }
  .cell-shown input {
    appearance: none;
    background: var(--vscode-checkbox-background);
    border: 1px solid var(--vscode-checkbox-border);
    border-radius: 3px;
    cursor: pointer;
    display: grid;
    flex: none;
    height: 16px;
    margin: 0;
    place-content: center;
    width: 16px;
  }
  .cell-shown input:checked::before {
    background: var(--vscode-checkbox-foreground);
    clip-path: polygon(10% 48%, 0 58%, 38% 94%, 100% 18%, 89% 8%, 37% 73%);
    content: '';
    height: 10px;
    width: 10px;
  }
  @media (forced-colors: active) {
    .cell-shown input:checked::before {
      background: CanvasText;
    }
  }
  .cell-shown input:focus-visible {
    outline-offset: 1px;
  }
  .cell-pin {
    justify-content: center;
    padding: 0 0 1px;
  }
  .cell-pin [aria-pressed='false'] {
    opacity: 0.45;
  }
  tr:hover .cell-pin [aria-pressed='false'],
  .cell-pin :focus-visible {
    opacity: 1;
  }
  .pinned .cell-name {
    font-weight: 600;
  }
  .cell-note {
    color: var(--vscode-descriptionForeground);
  }
  .status {
    vertical-align: top;
  }
  .editing {
    padding: 0 2px;
  }
  input.edit {
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, var(--vscode-focusBorder)));
    border-radius: 2px;
    color: var(--vscode-input-foreground);
    font: inherit;
    height: 1.8em;
    padding: 0 5px;
    width: 100%;
  }
`;
