import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JobEvent } from '../../../extension/protocol/trainer';
import { tune } from '../../../extension/trainer/jobs/tune';
import { bundledModel, tinyExperiment } from './tinyExperiment';

describe('tuning on a GGUF file', function () {
  this.timeout(120_000);
  const before = process.env['XDG_CACHE_HOME'];
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'cache-'));
    process.env['XDG_CACHE_HOME'] = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    rmSync(cache, { recursive: true });
  });

  /** Runs the job in this process; `onPhase` hears what it does and may stop it. */
  async function tuned(
    onPhase: (text: string, stop: () => void) => void,
  ): Promise<Awaited<ReturnType<typeof tune>>['record']> {
    const experiment = await tinyExperiment({ steps: 2 }, { model: resolve('test/fixtures/gguf/llama-tied.gguf') });
    const stop = new AbortController();
    try {
      const { record } = await tune(
        { kind: 'tune', runsFolder: experiment.runsFolder, executionProvider: 'cpu', experimentFile: experiment.file },
        {
          resources: { bundledModel },
          signal: stop.signal,
          orphaned: () => false,
          event: (event: JobEvent) => {
            if (event.type === 'phase') onPhase(event.text, () => stop.abort());
          },
          log: () => undefined,
          heartbeat: () => undefined,
        },
      );
      return record;
    } finally {
      await experiment.remove();
    }
  }

  it('unpacks it first, tells how far that is, and trains on the unpacked folder', async () => {
    const phases: string[] = [];
    const record = await tuned((text) => phases.push(text));
    assert.equal(record.status, 'finished', record.reason);
    assert.ok(phases.includes('unpacking the frozen model, 100 %'), phases.join('\n'));
    assert.ok(record.model!.folder.startsWith(cache));
    assert.equal(record.model!.name, 'llama-tied');
  });

  it('can be stopped while it is unpacked, and leaves nothing in the cache', async () => {
    const record = await tuned((text, stop) => {
      if (text.startsWith('unpacking')) stop();
    });
    assert.equal(record.status, 'stopped');
    assert.equal(record.reason, 'stopped while the frozen model was unpacked');
    assert.deepEqual(readdirSync(join(cache, 'soft-prompt-studio/models')), []);
  });
});
