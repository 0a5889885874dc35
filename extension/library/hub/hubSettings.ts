import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { HubAccess } from '../../protocol/models';

/**
 * The variables that Python's huggingface_hub reads, with the same meaning, so that one setting serves both programs:
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** What a person changes to ask elsewhere; default HF_ENDPOINT. */
  readonly chosenBy?: string;
  readonly token: string | undefined;
  /** Nothing may be asked of the hub. */
  readonly offline: boolean;
  /** The cache, `models--organisation--name` folders in it. */
  readonly cache: string;
  /** Addresses of proxies, and the hosts that need none; empty where there are none. */
  readonly proxies: { readonly httpProxy: string; readonly httpsProxy: string; readonly noProxy: string };
}

/** What the host or the person gave, then the environment, then the files of Python's command line. @throws Error for an endpoint that is no address. */
export async function hubSettings(
  access: HubAccess,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<HubSettings> {
  return {
    endpoint: checkedEndpoint(given(access.endpoint) ?? given(environment['HF_ENDPOINT']) ?? 'https://huggingface.co'),
    token: given(access.token) ?? (await ownToken(environment)),
    offline: isTrue(environment['HF_HUB_OFFLINE']) || isTrue(environment['TRANSFORMERS_OFFLINE']),
    cache: hubCacheFolder(environment),
    proxies: {
      httpProxy: environment['http_proxy'] ?? environment['HTTP_PROXY'] ?? '',
      httpsProxy: environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '',
      noProxy: environment['no_proxy'] ?? environment['NO_PROXY'] ?? '',
    },
  };
}

/** `HF_HUB_CACHE`, or `hub` in Hugging Face's home. */
export function hubCacheFolder(environment: NodeJS.ProcessEnv): string {
  const chosen = given(environment['HF_HUB_CACHE']) ?? given(environment['HUGGINGFACE_HUB_CACHE']);
  return chosen === undefined ? join(home(environment), 'hub') : expanded(chosen, environment);
}

function home(environment: NodeJS.ProcessEnv): string {
  const chosen = given(environment['HF_HOME']);
  if (chosen !== undefined) return expanded(chosen, environment);
  const cache = given(environment['XDG_CACHE_HOME']);
  return join(cache ?? join(userHome(environment), '.cache'), 'huggingface');
}

async function ownToken(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const named = given(environment['HF_TOKEN']) ?? given(environment['HUGGING_FACE_HUB_TOKEN']);
  if (named !== undefined) return named;
  const file = given(environment['HF_TOKEN_PATH']) ?? join(home(environment), 'token');
  return readFile(file, 'utf8').then(given, () => undefined);
}

function checkedEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new Error(`The hub's endpoint "${endpoint}" is not an address. Give one such as https://huggingface.co.`);
  return endpoint.replace(/\/+$/, '');
}

/** `~` and `$NAME` as Python expands them. */
function expanded(path: string, environment: NodeJS.ProcessEnv): string {
  const named = path.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return environment[braced ?? bare ?? ''] ?? whole;
  });
  return resolve(named.replace(/^~(?=$|[/\\])/, () => userHome(environment)));
}

function userHome(environment: NodeJS.ProcessEnv): string {
  return given(environment[process.platform === 'win32' ? 'USERPROFILE' : 'HOME']) ?? homedir();
}

function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function isTrue(text: string | undefined): boolean {
  return ['1', 'ON', 'YES', 'TRUE'].includes(text?.toUpperCase() ?? '');
}
