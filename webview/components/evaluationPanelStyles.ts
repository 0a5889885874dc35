import { css } from 'lit';

/** Layout of the Evaluation panel: the two tables, with what one predictor does beside them, or below where the panel is narrow. */
export const evaluationPanelStyles = css`
  /* Its lists open over the tables, whose headers stick. */
  evaluation-header {
    position: relative;
    z-index: 5;
  }
  .main {
    border-top: 1px solid var(--edge);
    display: flex;
    flex: 1 0 420px;
    min-height: 0;
  }
  .tables {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-width: 0;
  }
  predictor-table {
    flex: 0 1 auto;
    max-height: 42%;
    min-height: 90px;
  }
  example-table {
    flex: 1 1 0;
    min-height: 180px;
  }
  .toolbar {
    border-bottom: 1px solid var(--edge);
    gap: 6px 10px;
    padding: 6px 16px;
  }
  .toolbar vscode-text-field {
    flex-basis: 20em;
  }
  .toolbar vscode-checkbox {
    margin: 0;
  }
  .count {
    font-variant-numeric: tabular-nums;
  }
  .chip {
    align-items: center;
    background: var(--vscode-badge-background);
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 10px;
    color: var(--vscode-badge-foreground);
    cursor: pointer;
    display: inline-flex;
    font: inherit;
    gap: 4px;
    padding: 0 8px;
  }
  .aside {
    border-left: 1px solid var(--edge);
    display: flex;
    flex: 0 0 min(32em, 38%);
    flex-direction: column;
    min-height: 0;
    overflow: auto;
  }
  .aside > * {
    border-bottom: 1px solid var(--edge);
    flex: none;
    padding: 8px 12px 10px;
  }
  @container (max-width: 820px) {
    .main {
      flex: none;
      flex-direction: column;
    }
    .tables {
      flex: none;
    }
    predictor-table {
      max-height: none;
    }
    example-table {
      flex: none;
      height: 420px;
    }
    .aside {
      border-left: 0;
      flex: none;
      overflow: visible;
    }
  }
`;
