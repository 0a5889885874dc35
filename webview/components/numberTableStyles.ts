import { css } from 'lit';

/** Look of the small tables of numbers. */
export const numberTableStyles = css`
  h2 {
    font-size: inherit;
    font-weight: 600;
    margin: 0 0 6px;
    overflow-wrap: anywhere;
  }
  .scroll {
    overflow: auto;
  }
  table {
    border-collapse: separate;
    border-spacing: 0;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 3px 8px;
    text-align: end;
    white-space: nowrap;
  }
  th {
    font-weight: 600;
  }
  th[scope='row'],
  th:first-child {
    text-align: start;
  }
  th[scope='row'] {
    font-weight: normal;
    max-width: 14em;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  tbody th,
  tbody td {
    border-top: 1px solid var(--quiet-edge);
  }
  .note {
    margin: 6px 0 0;
  }
`;
