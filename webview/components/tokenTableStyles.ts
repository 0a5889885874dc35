import { css } from 'lit';

/** A token of the vocabulary as a small box; its spaces are signs. */
export const chipStyles = css`
  .chip {
    background: var(--vscode-editorWidget-background, transparent);
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--quiet-edge)));
    border-radius: 4px;
    color: inherit;
    cursor: pointer;
    display: inline-block;
    flex: none;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: 0.92em;
    line-height: 1.45;
    max-width: 12em;
    overflow: hidden;
    padding: 0 5px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chip.lit {
    border-color: var(--vscode-charts-yellow, var(--vscode-focusBorder));
    box-shadow: inset 0 0 0 1px var(--vscode-charts-yellow, var(--vscode-focusBorder));
  }
  .chip.left {
    text-decoration: line-through;
  }
`;

/** Look of the table of virtual tokens, besides `gridStyles`. */
export const tokenTableStyles = css`
  :host {
    display: block;
    min-height: 0;
    min-width: 0;
  }
  .scroll {
    height: 100%;
    overflow: auto;
    scroll-padding-top: 2.4em;
  }
  table {
    min-width: 52em;
  }
  tr {
    height: 2.2em;
  }
  .column-position {
    width: 5.6em;
  }
  .column-norm,
  .column-effect {
    width: 8em;
  }
  .column-moved {
    width: 5.4em;
  }
  .column-initial {
    width: 8em;
  }
  td:first-child {
    border-inline-start: 3px solid transparent;
    font-variant-numeric: tabular-nums;
  }
  tr.lit td:first-child {
    border-inline-start-color: var(--vscode-charts-yellow, var(--vscode-focusBorder));
  }
  [aria-selected='true'] td:first-child {
    border-inline-start-color: var(--vscode-focusBorder);
  }
  .chips {
    align-items: center;
    display: flex;
    gap: 4px;
    overflow: hidden;
  }
  .doubtful {
    color: var(--vscode-descriptionForeground);
    flex: none;
    font-size: 0.9em;
    font-style: italic;
  }
  .unsure .chip {
    border-style: dashed;
    color: var(--vscode-descriptionForeground);
  }
  .measure {
    align-items: center;
    display: flex;
    gap: 6px;
  }
  .number {
    font-variant-numeric: tabular-nums;
    min-width: 3.6em;
    text-align: end;
  }
  svg.bar {
    flex: 1;
    height: 10px;
    min-width: 0;
  }
  .bar .track {
    fill: color-mix(in srgb, var(--vscode-foreground) 16%, transparent);
  }
  .bar .value {
    fill: var(--vscode-charts-blue);
  }
  .bar .value.worse {
    fill: var(--vscode-charts-red);
  }
  .bar .mark {
    stroke: var(--vscode-foreground);
    stroke-width: 1.5;
    vector-effect: non-scaling-stroke;
  }
  .initial {
    align-items: center;
    display: flex;
    gap: 4px;
  }
  .hint {
    background: var(--vscode-editorHoverWidget-background);
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    color: var(--vscode-editorHoverWidget-foreground);
    font-variant-numeric: tabular-nums;
    max-width: 30em;
    padding: 3px 8px;
    pointer-events: none;
    position: fixed;
    z-index: 10;
  }
`;
