import { css } from 'lit';

/** What the panels have in common: their ground and edges, a page as high as the editor, and the bar above a table. */
export const panelFrameStyles = css`
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
  .toolbar {
    align-items: center;
    border-top: 1px solid var(--edge);
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    padding: 8px 16px;
  }
  .toolbar vscode-text-field {
    flex: 0 1 24em;
    min-width: 9em;
  }
`;
