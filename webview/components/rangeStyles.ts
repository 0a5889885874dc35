import { css } from 'lit';

/** Look of a slider. */
export const rangeStyles = css`
  input[type='range'] {
    appearance: none;
    background: none;
    cursor: pointer;
    height: 16px;
    margin: 0;
  }
  input[type='range']::-webkit-slider-runnable-track {
    background: color-mix(in srgb, var(--vscode-foreground) 35%, transparent);
    border-radius: 2px;
    height: 4px;
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    background: var(--vscode-focusBorder);
    border-radius: 50%;
    height: 12px;
    margin-top: -4px;
    width: 12px;
  }
  input[type='range']:focus-visible {
    outline-offset: 2px;
  }
`;
