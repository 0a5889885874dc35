import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomModel } from './randomModel';
import { type ShapeName, shapes } from './shapes';

/** The folder of a model of a named shape with random weights, which is made once and kept. */
export function modelFolder(name: ShapeName, type: 'F32' | 'F16' = 'F32'): string {
  const models = join('out', 'models');
  mkdirSync(models, { recursive: true });
  return randomModel(models, name, shapes[name], type);
}
