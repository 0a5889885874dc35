import { css } from 'lit';

/** Layout of the Inspect panel: the table, with map, clusters and spectrum beside it, or below where the panel is narrow. */
export const inspectPanelStyles = css`
  .main {
    border-top: 1px solid var(--edge);
    display: flex;
    flex: 1 0 320px;
    min-height: 0;
  }
  .table {
    display: flex;
    flex: 1 1 0;
    min-width: 0;
  }
  token-table {
    flex: 1;
  }
  .aside {
    border-left: 1px solid var(--edge);
    display: flex;
    flex: 0 0 min(36em, 38%);
    flex-direction: column;
    min-height: 0;
    overflow: auto;
  }
  prompt-map {
    flex: 1 0 300px;
  }
  cluster-list,
  spectrum-chart,
  label-list {
    border-top: 1px solid var(--edge);
    flex: none;
    padding: 8px 12px 10px;
  }
  .waiting {
    opacity: 0.55;
  }
  @container (max-width: 820px) {
    .main {
      flex: none;
      flex-direction: column;
    }
    .table {
      flex: none;
      height: 340px;
    }
    .aside {
      border-left: 0;
      border-top: 1px solid var(--edge);
      flex: none;
      overflow: visible;
    }
    prompt-map {
      flex: none;
      height: 340px;
    }
  }
`;
