/** Why the hub did not give what it was asked for; the editor offers an action for each. */
export type HubErrorCode = 'hub-token' | 'hub-gated' | 'hub-missing' | 'hub-unreachable' | 'disk-full' | 'stopped';

/** The hub, or the way to it, failed. The message is for the person: what happened, and what to do. */
export class HubError extends Error {
  override readonly name = 'HubError';
  /** Whether the same request may work a little later. */
  readonly temporary: boolean;
  /** How long the hub asked to wait, milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: HubErrorCode,
    message: string,
    options: { readonly temporary?: boolean; readonly retryAfter?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.temporary = options.temporary ?? false;
    this.retryAfter = options.retryAfter;
  }
}

/** An answer that is not the wanted one. Header names are lower case. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What was asked for, in words: "the model org/name". */
  readonly what: string;
  readonly endpoint: string;
  readonly withToken: boolean;
}

/**
 * An HTTP refusal in words. The hub names the reason in `X-Error-Code` and `X-Error-Message`; to people without a token it answers 401
 * for repositories that do not exist as well as for private ones.
 */
export function refusalError(refusal: Refusal): HubError {
  const { status, what, endpoint, withToken } = refusal;
  const code = header(refusal, 'x-error-code');
  const message = header(refusal, 'x-error-message');
  const said = message === undefined ? `status ${status}` : `status ${status}: ${message}`;
  if (code === 'GatedRepo') {
    return new HubError(
      'hub-gated',
      withToken
        ? `${what} is gated, and the account of your token has no access yet. Open its page on ${endpoint}, accept its terms, and try again.`
        : `${what} is gated: open its page on ${endpoint}, accept its terms, and give a token of that account.`,
    );
  }
  if (code === 'RevisionNotFound') return new HubError('hub-missing', `${what}: there is no such revision.`);
  if (code === 'EntryNotFound') return new HubError('hub-missing', `${what}: the repository has no such file.`);
  if (status === 404 || code === 'RepoNotFound' || (status === 401 && !withToken)) {
    const advice = withToken
      ? 'Check the spelling, and whether your token may read it.'
      : 'Check the spelling; if it is private, give a token that may read it.';
    return new HubError('hub-missing', `${endpoint} has no public model by that name: ${what}. ${advice}`);
  }
  if (status === 401)
    return new HubError('hub-token', `${endpoint} does not accept the token (${said}). Give another one.`);
  if (status === 403)
    return new HubError(
      'hub-token',
      `${endpoint} refuses ${what} (${said}). The token needs the permission to read it.`,
    );
  if (status === 429)
    return new HubError('hub-unreachable', `${endpoint} gets too many requests from here (${said}). Try again later.`, {
      temporary: true,
      retryAfter: retryAfter(refusal),
    });
  return new HubError('hub-unreachable', `${endpoint} answered ${what} with ${said}. Try again later.`, {
    temporary: status >= 500 || status === 408,
    retryAfter: retryAfter(refusal),
  });
}

function header({ headers }: Refusal, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function retryAfter(refusal: Refusal): number | undefined {
  const value = header(refusal, 'retry-after');
  if (value === undefined) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
