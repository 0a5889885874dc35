import { css } from 'lit';

/** Look shared by the large tables: a header that stays and sorts, one line a row, a row's whole width under the pointer. */
export const gridStyles = css`
  table {
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
    width: 100%;
  }
  tbody tr:hover {
    background: var(--vscode-list-hoverBackground, transparent);
  }
  tbody tr[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground, transparent);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  th,
  td {
    overflow: hidden;
    padding: 0 8px;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  td {
    border-bottom: 1px solid var(--quiet-edge);
  }
  th {
    background: var(--ground);
    border-bottom: 1px solid var(--edge);
    height: 2.3em;
    padding: 0;
    position: sticky;
    top: 0;
    z-index: 2;
  }
  th button {
    align-items: center;
    background: none;
    border: 0;
    color: inherit;
    cursor: pointer;
    display: flex;
    font: inherit;
    font-weight: 600;
    gap: 2px;
    height: 100%;
    padding: 0 8px;
    width: 100%;
  }
  th button:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .gap td {
    border: 0;
  }
  :host-context(body.vscode-high-contrast) tbody tr:hover td,
  :host-context(body.vscode-high-contrast) tbody tr[aria-selected='true'] td {
    border-bottom-color: var(--vscode-contrastActiveBorder);
  }
`;
