import { css } from 'lit';

/** Look shared by the headers of the panels: a title with buttons beside it, and lines of facts and controls below. */
export const headerStyles = css`
  .head,
  .line {
    align-items: center;
    display: flex;
    flex-wrap: wrap;
    gap: 6px 10px;
  }
  h1 {
    font-size: 1.25em;
    font-weight: 600;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .spacer {
    flex: 1;
  }
  .facts {
    line-height: 1.5;
    margin: 4px 0 0;
  }
  progress {
    accent-color: var(--vscode-progressBar-background, var(--vscode-focusBorder));
    height: 4px;
  }
`;
