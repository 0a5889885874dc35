import { type Measurement, median } from './measurement';
import { modelFolder } from './models/modelFolder';
import { startSide } from './peft/compare';
import { workloads } from './peft/workloads';

/** From a model folder on disk, float16, to a training session that can take a step, in a process of its own; five times. */
export async function start(): Promise<readonly Measurement[]> {
  const [smollm2] = workloads;
  const folder = modelFolder('smollm2', 'F16');
  const seconds: number[] = [];
  let resident = 0;
  let float32 = 1;
  for (let i = 0; i < 5; i++) {
    const side = await startSide(process.execPath, ['out/bench/peft/tunedStep.mjs', folder, JSON.stringify(smollm2)]);
    seconds.push(side.opened!.seconds);
    resident = side.opened!.resident;
    float32 = side.opened!.float32Bytes;
    await side.end();
  }
  return [
    {
      what: 'a training session of a 135M model, float16 on disk',
      value: median(seconds),
      unit: 's',
      aim: { most: 2 },
    },
    {
      what: `resident memory then, of its ${(float32 / 1e6).toFixed(0)} MB in float32`,
      value: resident / float32,
      unit: 'x',
      aim: { most: 1.2 },
    },
  ];
}
