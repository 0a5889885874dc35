import * as z from 'zod/mini';
import type { Experiment } from './experiment';
import { experimentSchema } from './experiment';
import { experimentHelp, type Help } from './experimentHelp';
import { resolveExperiment } from './presets';

/** What is read and written of a JSON schema here. */
interface JsonSchema {
  description?: string;
  default?: unknown;
  maximum?: number;
  const?: unknown;
  oneOf?: JsonSchema[];
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/**
 * The JSON schema of `NAME.tune.json` files (draft 7, which VS Code validates and completes by), with every default that
 * a run takes. Made when the extension is developed, never at run time: `node tools/write-schema.mjs` writes it to
 * media/schemas/tune.schema.json.
 */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(experimentSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // `int` brings the largest exact integer along, which tells nobody anything.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }) as JsonSchema;
  tellHelp(schema, experimentHelp, 'experiment');
  // Which fields exclude each other is a check in code, which zod cannot put into a schema.
  schema.properties!['task']!.oneOf = [{ required: ['label'] }, { required: ['target'] }];
  tellDefaults(schema, withPreset('quick'), withPreset('paper'));
  for (const variant of schema.properties!['training']!.properties!['optimizer']!.oneOf!) {
    const optimizer = { name: variant.properties!['name']!.const, learningRate: 1 } as Optimizer;
    const [quick, paper] = [withPreset('quick', optimizer), withPreset('paper', optimizer)];
    tellDefaults(variant, quick.training.optimizer, paper.training.optimizer);
  }
  // A text alone names a data set in parts; parseExperiment.ts reads it as its "train".
  schema.properties!['data']!.type = ['object', 'string'];
  return { ...schema, ...{ title: 'Soft Prompt Studio experiment', allowTrailingCommas: false } };
}

/** @throws Error for a field without help, and for help without a field. */
function tellHelp(schema: JsonSchema, help: Help, path: string): void {
  const { fields = {}, variants = {}, ...annotations } = help;
  Object.assign(schema, annotations);
  const within = (inner: Readonly<Record<string, JsonSchema>>, helps: Readonly<Record<string, Help>>): void => {
    for (const name of new Set([...Object.keys(inner), ...Object.keys(helps)])) {
      const [field, its] = [inner[name], helps[name]];
      if (!field) throw new Error(`experimentHelp.ts: ${path} has no field "${name}".`);
      if (!its) throw new Error(`experimentHelp.ts says nothing of "${name}" in ${path}.`);
      tellHelp(field, its, `${path}.${name}`);
    }
  };
  within(schema.properties ?? {}, fields);
  const named = (schema.oneOf ?? []).map((variant) => [String(variant.properties!['name']!.const), variant] as const);
  within(Object.fromEntries(named), variants);
}

type Optimizer = NonNullable<NonNullable<Experiment['training']>['optimizer']>;
function withPreset(preset: 'quick' | 'paper', optimizer?: Optimizer): ReturnType<typeof resolveExperiment> {
  const label = { column: 'label', words: { '0': 'negative', '1': 'positive' } };
  const training = optimizer ? { preset, optimizer } : { preset };
  return resolveExperiment({ model: 'bundled', data: { train: '' }, task: { template: '', label }, training });
}

/** Whose default depends on other fields, as their descriptions say; or that has none. */
const untold = ['name', 'model', 'train', 'template', 'label', 'learningRate', 'checkpointEvery', 'warmUpSteps'];

function tellDefaults(schema: JsonSchema, quick: object, paper: object): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const value = quick[name as keyof typeof quick] as unknown;
    const other = paper[name as keyof typeof paper] as unknown;
    const isShare = name === 'train' && typeof value === 'number';
    if (value === undefined || (untold.includes(name) && !isShare)) continue;
    if (isObject(value) && isObject(other)) tellDefaults(field, value, other);
    const told = shown(value);
    if (told === undefined) continue;
    field.default = told;
    if (name === 'preset' || JSON.stringify(told) === JSON.stringify(shown(other))) continue;
    const defaults = `Default: ${JSON.stringify(told)}, with the preset paper ${JSON.stringify(shown(other))}.`;
    field.description = `${field.description ?? ''} ${defaults}`;
  }
}

/** What one would write: of an optimiser or a split not what it takes anyway, and no whole section. */
function shown(value: unknown): unknown {
  if (!isObject(value)) return value;
  if ('learningRate' in value) return { name: value['name'], learningRate: value['learningRate'] };
  if ('stratified' in value) return { train: value['train'], dev: value['dev'], test: value['test'] };
  return 'warmUpSteps' in value ? value : undefined;
}
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
