/** Progress on standard error: a bar that is redrawn on a terminal, a plain line now and then elsewhere. */
export class Progress {
  readonly #terminal = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  #lastLine = '';
  #lastShown = 0;

  /** Says what is being done; `share` (0 to 1) draws a bar. */
  show(text: string, share?: number): void {
    const line = share === undefined ? text : `${bar(share)} ${text}`;
    const now = performance.now();
    if (this.#terminal) {
      // Twenty redraws a second are enough for an eye, and cheap.
      if (line === this.#lastLine || (now - this.#lastShown < 50 && share !== 1)) return;
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
    } else {
      const sameKind = share !== undefined && this.#lastLine.startsWith('[');
      if (line === this.#lastLine || (sameKind && now - this.#lastShown < 15_000)) return;
      process.stderr.write(`${line}\n`);
    }
    this.#lastLine = line;
    this.#lastShown = now;
  }

  /** Removes the bar, so that what is printed next stands alone. */
  clear(): void {
    if (this.#terminal && this.#lastLine) process.stderr.write('\r\u001b[2K');
    this.#lastLine = '';
  }
}

function bar(share: number): string {
  const width = 24;
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** 75 -> "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
