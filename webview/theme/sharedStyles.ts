import { css } from 'lit';

/** Look shared by the components: focus ring, quiet icon buttons, text that only a screen reader reads. */
export const sharedStyles = css`
  :host {
    box-sizing: border-box;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  :focus:not(:focus-visible) {
    outline: none;
  }
  button.icon {
    align-items: center;
    background: none;
    border: 1px solid transparent;
    border-radius: 5px;
    color: var(--vscode-icon-foreground, inherit);
    cursor: pointer;
    display: inline-flex;
    font: inherit;
    height: 22px;
    justify-content: center;
    padding: 0 3px;
  }
  button.icon:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  svg.glyph {
    fill: none;
    flex: none;
    height: 16px;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.2;
    width: 16px;
  }
  svg.glyph .solid {
    fill: currentColor;
  }
  .swatch {
    flex: none;
    fill: none;
    height: 10px;
    stroke-width: 2;
    width: 26px;
  }
  .hue-blue {
    stroke: var(--vscode-charts-blue);
  }
  .hue-green {
    stroke: var(--vscode-charts-green);
  }
  .hue-purple {
    stroke: var(--vscode-charts-purple);
  }
  .hue-red {
    stroke: var(--vscode-charts-red);
  }
  .hue-yellow {
    stroke: var(--vscode-charts-yellow);
  }
  .hue-foreground {
    stroke: var(--vscode-charts-foreground);
  }
  .status {
    align-items: center;
    display: inline-flex;
    gap: 5px;
  }
  .status-running .glyph {
    color: var(--vscode-charts-blue);
  }
  .status-finished .glyph {
    color: var(--vscode-charts-green);
  }
  .status-failed .glyph {
    color: var(--vscode-charts-red);
  }
  .status-interrupted .glyph {
    color: var(--vscode-charts-yellow);
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  .glyph-running .turn {
    animation: turn 1.6s linear infinite;
    transform-origin: center;
  }
  @media (prefers-reduced-motion: reduce) {
    .glyph-running .turn {
      animation: none;
    }
  }
  :host-context(body.vscode-reduce-motion) .glyph-running .turn {
    animation: none;
  }
  .muted {
    color: var(--vscode-descriptionForeground);
  }
  .unseen {
    clip-path: inset(50%);
    height: 1px;
    margin: -1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
    width: 1px;
  }
`;
