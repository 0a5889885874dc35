import { css } from 'lit';

/** Look of the map. */
export const promptMapStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  .bar {
    align-items: center;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    padding: 6px 12px;
  }
  h2 {
    font-size: inherit;
    font-weight: 600;
    margin: 0;
  }
  .spacer {
    flex: 1;
  }
  vscode-dropdown {
    min-width: 6.5em;
    width: auto;
  }
  .drawing {
    flex: 1;
    min-height: 0;
    overflow: hidden;
    position: relative;
  }
  svg.map {
    cursor: grab;
    display: block;
    inset: 0;
    position: absolute;
    touch-action: none;
  }
  svg.map.held {
    cursor: grabbing;
  }
  .mark {
    cursor: pointer;
    outline: none;
  }
  .mark text {
    fill: var(--vscode-foreground);
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: 11px;
    paint-order: stroke;
    stroke: var(--ground);
    stroke-width: 3px;
  }
  .virtual path {
    fill: var(--vscode-charts-blue);
    stroke: var(--ground);
    stroke-width: 1px;
  }
  .virtual text {
    font-weight: 600;
  }
  .word .dot {
    fill: var(--vscode-descriptionForeground);
    stroke: none;
  }
  .word text {
    fill: var(--vscode-descriptionForeground);
  }
  .dim {
    opacity: 0.35;
  }
  .lit path,
  .lit .dot {
    stroke: var(--vscode-charts-yellow);
    stroke-width: 2.5px;
  }
  .lit text {
    fill: var(--vscode-foreground);
  }
  .selected path {
    fill: var(--vscode-charts-purple);
    stroke: var(--vscode-foreground);
    stroke-width: 2px;
  }
  .mark .ring {
    fill: none;
    stroke: none;
    stroke-width: 2px;
  }
  .mark:focus-visible .ring {
    stroke: var(--vscode-focusBorder);
  }
  .axes {
    padding: 2px 12px 6px;
  }
`;
