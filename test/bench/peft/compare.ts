import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Opened {
  readonly seconds: number;
  /** Bytes that are resident then, and that the weights would take in float32. */
  readonly resident: number;
  readonly float32Bytes: number;
}

/** What a side of a comparison says of itself and of each step. */
interface Answer {
  readonly seconds?: number;
  readonly loss?: number;
  readonly flops?: number;
  readonly opened?: Opened;
  readonly device?: string;
  /** Peak resident memory so far, bytes. */
  readonly peak: number;
}

/** One optimiser step: its seconds and its loss. */
export type Step = Answer & { readonly seconds: number; readonly loss: number };

/** A process that does one optimiser step whenever it is asked. */
export interface Side {
  /** Floating point operations in the matrix products of a step; only our side knows. */
  readonly flops: number | undefined;
  /** How its session was opened; only our side tells. */
  readonly opened: Opened | undefined;
  /** The adapter or device that computes, where the side tells it. */
  readonly device: string | undefined;
  readonly step: () => Promise<Step>;
  readonly end: () => Promise<void>;
}

/** Starts a side and waits until its model is loaded. @throws Error with the process's last words where it ends before. */
export async function startSide(command: string, parameters: readonly string[]): Promise<Side> {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (text: Buffer) => (words = (words + text.toString()).slice(-4000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    const next = (await lines.next()) as IteratorResult<string, undefined>;
    if (next.done === true) throw new Error(`${command} ${parameters[0]} ended: ${words}`);
    return JSON.parse(next.value) as Answer;
  };
  const { flops, opened, device } = await answer();
  return {
    ...{ flops, opened, device },
    step: async () => {
      child.stdin.write('step\n');
      return (await answer()) as Step;
    },
    end: async () => {
      const ended = once(child, 'exit');
      child.stdin.end('end\n');
      await ended;
    },
  };
}
