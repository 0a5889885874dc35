import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { answerOfChild, answersAsChild } from '../graphicsChild';
import { modelFixtures, readExpected } from './modelFixtures';
import { movedToHost, profiledStep, type RanNode } from './stepProfile';

const modelNames = ['llama-untied', 'gpt2', 't5-v1.1'];

async function profileAll(): Promise<Record<string, RanNode[]>> {
  const nodes: Record<string, RanNode[]> = {};
  for (const name of modelNames) {
    const { network } = await openModelFolder(join(modelFixtures, name));
    const target = { executionProvider: 'webgpu', precision: 'float32' } as const;
    nodes[name] = await profiledStep(network, await readExpected(name), target);
  }
  return nodes;
}

if (!answersAsChild(profileAll))
  describe('a step on WebGPU', function () {
    this.timeout(600_000);
    let nodes: Record<string, RanNode[]>;
    before(async () => {
      nodes = await answerOfChild('swiftShader');
    });

    for (const name of modelNames) {
      it(`${name}: runs on the device; on the CPU there are only sizes and positions`, () => {
        const ran = nodes[name]!;
        const onDevice = ran.filter(({ provider }) => provider === 'WebGpuExecutionProvider');
        assert.ok(onDevice.length > 0.8 * ran.length, `${onDevice.length} of ${ran.length} nodes`);
        assert.deepEqual(movedToHost(ran), []);
      });

      it(`${name}: fetches nothing from the device but its outputs`, () => {
        assert.deepEqual(
          nodes[name]!.filter(({ operator }) => operator === 'MemcpyToHost'),
          [],
        );
      });
    }
  });
