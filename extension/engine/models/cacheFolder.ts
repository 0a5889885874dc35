import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where this system keeps what can be made again: XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, %LOCALAPPDATA%; plus our own name. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  return join(systemCache(environment, platform), 'soft-prompt-studio');
}

function systemCache(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  // The XDG specification (section 3) has relative paths ignored.
  const chosen = environment['XDG_CACHE_HOME'];
  if (chosen !== undefined && isAbsolute(chosen)) return chosen;
  const home = environment['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local');
  return join(home, '.cache');
}
