import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { experimentJsonSchema } from '../../../extension/protocol/experimentJsonSchema';
import { presetTable } from '../../../extension/protocol/presets';

interface Field {
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
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

  it('tells the defaults that a run takes, and where the paper preset differs', () => {
    const found = (path: string, optimizer?: string): Field => {
      const variant = schema.properties!['training']!.properties!['optimizer']!.oneOf!.find(
        (member) => member.properties!['name']!.const === optimizer,
      );
      return new Map(variant ? fields(variant) : fields(schema)).get(path)!;
    };
    const { quick, paper } = presetTable;
    const told: [string, unknown, unknown][] = [
      ['data.split.train', 0.8, undefined],
      ['data.split.seed', 0, undefined],
      ['task.maxTokens', quick.maxTokens, paper.maxTokens],
      ['prompt.length', quick.promptLength, paper.promptLength],
      ['prompt.initialiser', 'class-labels', undefined],
      ['prompt.topTokens', 5000, undefined],
      ['training.preset', 'quick', undefined],
      ['training.steps', quick.steps, paper.steps],
      ['training.batchSize', quick.batchSize, paper.batchSize],
      ['training.patience', quick.patience, paper.patience],
      ['training.metric', 'accuracy', undefined],
    ];
    for (const [path, value, other] of told) {
      assert.equal(found(path).default, value, path);
      const difference = /with the preset paper (.*)\.$/.exec(found(path).description!)?.[1];
      assert.equal(difference, other === undefined ? undefined : JSON.stringify(other), path);
    }
    assert.equal(found('stepOrigin', 'adafactor').default, 0);
    assert.match(found('stepOrigin', 'adafactor').description!, /Default: 0, with the preset paper 1100000\.$/);
    assert.deepEqual([found('momentum', 'sgd').default, found('epsilon', 'adamw').default], [0.9, 1e-8]);
    for (const path of [
      'model',
      'data.train',
      'task.template',
      'training.checkpointEvery',
      'training.gradientClipping',
    ]) {
      assert.equal(found(path).default, path === 'model' ? 'bundled' : undefined, path);
    }
  });

  it('refuses unknown fields everywhere, so that a slip of the pen is underlined', () => {
    const objects = [['', schema] as const, ...fields(schema)].filter(([, field]) => field.properties);
    assert.ok(objects.length > 6);
    for (const [path, field] of objects) assert.equal(field.additionalProperties, false, path);
  });

  it('takes the path of a data set alone for "data"', () => {
    assert.deepEqual((schema.properties!['data'] as { type?: unknown }).type, ['object', 'string']);
  });

  it('wants a label or a target, not both', () => {
    assert.deepEqual(schema.properties!['task']!.oneOf, [{ required: ['label'] }, { required: ['target'] }]);
  });
});
