import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { experimentSchema } from '../../../extension/protocol/experiment';
import { experimentJsonSchema } from '../../../extension/protocol/experimentJsonSchema';
import { resolveExperiment } from '../../../extension/protocol/presets';

interface Field {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly oneOf?: readonly Field[];
}
const schema = experimentJsonSchema() as Field;

/** Every field of the schema with its path. */
function fields(of: Field, path: readonly string[] = []): [string, Field][] {
  return [
    ...Object.entries(of.properties ?? {}).flatMap(([name, field]): [string, Field][] => [
      [[...path, name].join('.'), field],
      ...fields(field, [...path, name]),
    ]),
    ...(of.oneOf ?? []).flatMap((member) => fields(member, path)),
  ];
}

describe('the JSON schema of experiments', () => {
  it('is the one that the extension contributes; `node tools/write-schema.mjs` writes it', () => {
    const committed: unknown = JSON.parse(readFileSync('media/schemas/tune.schema.json', 'utf8'));
    assert.deepEqual(committed, JSON.parse(JSON.stringify(schema)));
  });

  it('explains every field, and every value of an enumeration', () => {
    for (const [path, field] of fields(schema)) {
      assert.ok((field.description ?? '').length > 10, path);
      if (field.enum) assert.equal(field.enumDescriptions?.length, field.enum.length, path);
    }
  });

  it('offers the defaults that a run really takes', () => {
    const optimizers = ['adafactor', 'adamw', 'sgd'].map((name) => ({ name, learningRate: 0.3 }));
    for (const optimizer of [undefined, ...optimizers]) {
      const experiment = experimentSchema.parse({
        model: 'bundled',
        data: { train: 'a.csv' },
        task: { template: '{text}', label: { column: 'label', words: { a: 'x', b: 'y' } } },
        training: optimizer && { optimizer },
      });
      const resolved = resolveExperiment(experiment);
      const variant = schema.properties!['training']!.properties!['optimizer']!.oneOf!.find(
        (member) => (member.properties!['name'] as { const?: string }).const === (optimizer?.name ?? 'adafactor'),
      )!;
      const inVariant = fields(variant, ['training', 'optimizer']);
      const elsewhere = fields(schema).filter(([path]) => !path.startsWith('training.optimizer.'));
      let compared = 0;
      for (const [path, field] of [...elsewhere, ...inVariant]) {
        if (field.default === undefined || field.required) continue;
        const value = path
          .split('.')
          .reduce<unknown>((each, name) => (each as Record<string, unknown>)[name], resolved);
        // An object tells only its required fields; the others have defaults of their own.
        const names = typeof field.default === 'object' ? Object.keys(field.default as object) : undefined;
        const all = value as Record<string, unknown>;
        const taken = names ? Object.fromEntries(names.map((name) => [name, all[name]])) : value;
        const isVariant = path === 'training.optimizer' && optimizer !== undefined;
        if (!isVariant) assert.deepEqual(taken, field.default, path);
        compared++;
      }
      assert.ok(compared > 15, `${compared} defaults`);
    }
  });

  it('refuses unknown fields everywhere, so that a slip of the pen is underlined', () => {
    const objects = [['', schema] as const, ...fields(schema)].filter(([, field]) => field.properties);
    assert.ok(objects.length > 6);
    for (const [path, field] of objects) assert.equal(field.additionalProperties, false, path);
  });

  it('wants a label or a target, not both', () => {
    assert.deepEqual(schema.properties!['task']!.oneOf, [{ required: ['label'] }, { required: ['target'] }]);
  });
});
