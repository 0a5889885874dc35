import { toRunsPanel } from '../extension/protocol/runsPanel';
import type { FromRunsPanel, ToRunsPanel } from '../extension/protocol/runsPanel';

interface EditorApi {
  postMessage(message: FromRunsPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): EditorApi;

/** The other end of the panel. */
export interface Host {
  readonly send: (message: FromRunsPanel) => void;
  /** What was last given to `write`, also over a reload of the window. */
  readonly read: () => unknown;
  readonly write: (state: unknown) => void;
  /** Calls back with every message of the host; anything else that reaches the page is passed over. */
  readonly listen: (receive: (message: ToRunsPanel) => void) => void;
}

/** The extension host as the other end. May be called once a page: the editor gives its API only once. */
export function extensionHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    read: () => api.getState(),
    write: (state) => api.setState(state),
    listen: (receive) => {
      window.addEventListener('message', (event) => {
        const message = toRunsPanel(event.data);
        if (message !== undefined) receive(message);
      });
    },
  };
}
