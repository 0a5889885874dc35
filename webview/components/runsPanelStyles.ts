import { css } from 'lit';

/** Layout of the panel: charts above, the table with the details beside it, or below where the panel is narrow. */
export const panelStyles = css`
  :host {
    --ground: var(--vscode-editor-background);
    --edge: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    --quiet-edge: color-mix(in srgb, var(--vscode-foreground) 10%, transparent);
    background: var(--ground);
    container-type: inline-size;
    display: block;
    height: 100vh;
  }
  .panel {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: auto;
  }
  charts-area,
  .toolbar,
  .notice {
    flex: none;
  }
  .toolbar {
    align-items: center;
    border-top: 1px solid var(--edge);
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 8px 16px;
  }
  .toolbar vscode-text-field {
    flex: 0 1 24em;
    min-width: 9em;
  }
  .spacer {
    flex: 1;
  }
  .main {
    display: flex;
    flex: 1 0 260px;
    min-height: 0;
  }
  runs-table {
    flex: 1 1 0;
  }
  run-details {
    border-left: 1px solid var(--edge);
    border-top: 1px solid var(--edge);
    flex: 0 0 min(27em, 42%);
  }
  @container (max-width: 760px) {
    .main {
      flex: none;
      flex-direction: column;
    }
    runs-table {
      flex: 0 0 auto;
      height: 300px;
    }
    run-details {
      border-left: 0;
      flex: none;
    }
  }
  .notice {
    align-items: center;
    background: var(--vscode-inputValidation-warningBackground);
    border-bottom: 1px solid var(--vscode-inputValidation-warningBorder);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 6px 16px;
  }
  .notice ul {
    margin: 4px 0;
    padding-inline-start: 18px;
  }
  .message {
    align-items: center;
    align-self: center;
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 10px;
    justify-content: center;
    max-width: 32em;
    padding: 24px;
    text-align: center;
  }
  .message h1 {
    font-size: 1.3em;
    font-weight: 600;
    margin: 0;
  }
  .message p {
    line-height: 1.5;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .message > .glyph {
    color: var(--vscode-descriptionForeground);
    height: 32px;
    width: 32px;
  }
`;
