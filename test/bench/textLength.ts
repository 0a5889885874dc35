import { type Measurement, median } from './measurement';
import { modelFolder } from './models/modelFolder';
import { type Side, startSide } from './peft/compare';

const pairs = 5;

/**
 * A step by the length of the texts, with the prompt in front of them and behind, in alternated pairs. Behind, a text is computed in the first
 * step that has it, and afterwards only its keys and values are read.
 */
export async function textLength(): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const tokens of [32, 64, 128, 256, 512]) {
    const [front, behind] = [await sideOf('prefix', tokens), await sideOf('suffix', tokens)];
    await front.step();
    const { seconds: first } = await behind.step();
    const done: { readonly front: number; readonly behind: number }[] = [];
    for (let i = 0; i < pairs; i++)
      done.push({ front: (await front.step()).seconds, behind: (await behind.step()).seconds });
    await front.end();
    await behind.end();
    const what = `8 texts of ${tokens} tokens`;
    measured.push(
      { what: `a step of ${what}, prompt in front`, value: median(done.map((each) => each.front)), unit: 's' },
      { what: 'behind', value: median(done.map((each) => each.behind)), unit: 's' },
      { what: 'the first one behind, which computes the texts', value: first, unit: 's' },
      { what: 'in front against behind', value: median(done.map((each) => each.front / each.behind)), unit: 'x' },
    );
  }
  return measured;
}

async function sideOf(position: 'prefix' | 'suffix', tokens: number): Promise<Side> {
  const workload = { model: 'smollm2', batch: 8, tokens, promptLength: 20, targetTokens: 2, position } as const;
  const parameters = ['out/bench/peft/tunedStep.mjs', modelFolder(workload.model), JSON.stringify(workload)];
  return startSide(process.execPath, parameters);
}
