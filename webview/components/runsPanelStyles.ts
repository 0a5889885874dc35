import { css } from 'lit';

/** Layout of the panel: charts above, the table with the details beside it, or below where the panel is narrow. */
export const runsPanelStyles = css`
  charts-area,
  .notice {
    flex: none;
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
  /* Its sentences are broken in the template. */
  .message p {
    white-space: normal;
  }
`;
