/** What is packed cannot be unpacked; the message is for the person. */
export class UnpackingError extends Error {
  override readonly name = 'UnpackingError';
}

/** The system's error while a file was unpacked, in words. @param path of the file that was to be written. */
export function inWords(error: unknown, path: string, bytes: number): unknown {
  const code = codeOf(error);
  const size = `${Math.ceil(bytes / 1e6)} MB`;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UnpackingError(
      `${path}: there is no room for it (${size}), which is unpacked at first use. Free some and try again.`,
      { cause: error },
    );
  if (isNotWritable(error))
    return new UnpackingError(
      `${path}: cannot be written (${code}), nor can the folder of the extension, and it has to be unpacked to one of them (${size}). Make one of them writable.`,
      { cause: error },
    );
  return error;
}

/** Whether an error says that this user may not write there, or nobody. */
export function isNotWritable(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
