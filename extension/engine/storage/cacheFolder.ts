import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where this system keeps what can be made again: XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, %LOCALAPPDATA%; plus our own name. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  return join(systemCache(environment, platform), 'soft-prompt-studio');
}

/** This system's folder for caches, of all programs. */
export function systemCache(environment: NodeJS.ProcessEnv, platform = process.platform): string {
  // The XDG specification (section 3) has relative paths ignored.
  const chosen = environment['XDG_CACHE_HOME'];
  if (chosen !== undefined && isAbsolute(chosen)) return chosen;
  if (platform === 'darwin') return join(homeFolder(environment, platform), 'Library', 'Caches');
  if (platform === 'win32')
    return environment['LOCALAPPDATA'] ?? join(homeFolder(environment, platform), 'AppData', 'Local');
  return join(homeFolder(environment, platform), '.cache');
}

/** The person's own folder. */
export function homeFolder(environment: NodeJS.ProcessEnv, platform = process.platform): string {
  const chosen = environment[platform === 'win32' ? 'USERPROFILE' : 'HOME'];
  return chosen === undefined || chosen === '' ? homedir() : chosen;
}
