interface EditorApi<From> {
  postMessage(message: From): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi<From>(): EditorApi<From>;

/** The other end of a panel: takes messages `From` it, gives messages `To` it. */
export interface Host<To, From> {
  readonly send: (message: From) => void;
  /** What was last given to `write`, also over a reload of the window. */
  readonly read: () => unknown;
  readonly write: (state: unknown) => void;
  /** Calls back with every message of the host; anything else that reaches the page is passed over. */
  readonly listen: (receive: (message: To) => void) => void;
}

/**
 * The extension host as the other end. May be called once a page: the editor gives its API only once.
 *
 * @param check what a message of the page's message event is, or undefined where it is none of the host's.
 */
export function extensionHost<To, From>(check: (message: unknown) => To | undefined): Host<To, From> {
  const api = acquireVsCodeApi<From>();
  return {
    send: (message) => api.postMessage(message),
    read: () => api.getState(),
    write: (state) => api.setState(state),
    listen: (receive) => {
      window.addEventListener('message', (event) => {
        const message = check(event.data);
        if (message !== undefined) receive(message);
      });
    },
  };
}
