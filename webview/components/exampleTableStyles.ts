import { css } from 'lit';

/** Look of the table of rows, besides `gridStyles`. */
export const exampleTableStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    position: relative;
  }
  .scroll {
    contain: strict;
    flex: 1;
    min-height: 0;
    overflow: auto;
    scroll-padding-top: 2.4em;
  }
  tr {
    --row-height: 2.1em;
  }
  th button span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .link {
    background: none;
    border: 0;
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
    font: inherit;
    font-variant-numeric: tabular-nums;
    padding: 0;
  }
  .link:hover {
    text-decoration: underline;
  }
  .said {
    align-items: center;
    display: flex;
    font-variant-numeric: tabular-nums;
    gap: 6px;
  }
  .said .glyph {
    color: var(--vscode-charts-green);
  }
  .said.wrong .glyph {
    color: var(--vscode-charts-red);
  }
  .cut .answer {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .said.wrong .answer {
    font-weight: 600;
  }
  .whole {
    border-top: 1px solid var(--edge);
    flex: none;
    max-height: 8.5em;
    overflow: auto;
    padding: 6px 16px;
  }
  .whole p {
    line-height: 1.4;
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .empty {
    inset: 3.5em 0 auto;
    margin: 0;
    position: absolute;
    text-align: center;
  }
`;
