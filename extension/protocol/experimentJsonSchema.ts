import * as z from 'zod/mini';
import { experimentSchema } from './experiment';
import type { Preset } from './presets';
import { presetTable } from './presets';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON schema of `NAME.tune.json` files (draft 7, which VS Code validates and completes by). Made when the extension
 * is developed, never at run time: `node tools/write-schema.mjs` writes it to media/schemas/tune.schema.json.
 */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(experimentSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema, path }) => {
      const { def } = zodSchema._zod;
      // `int` brings the largest exact integer along, which tells nobody anything.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // Which fields exclude each other is a check in code, which zod cannot put into a schema.
      if (def.type === 'object' && path.at(-1) === 'task') {
        jsonSchema.oneOf = [{ required: ['label'] }, { required: ['target'] }];
      }
      const decided = presetFields[String(path.at(-1))];
      if (decided && jsonSchema.default === undefined) {
        const { quick, paper } = presetTable;
        jsonSchema.default = quick[decided];
        const description = jsonSchema.description ?? '';
        jsonSchema.description = `${description} Default: ${quick[decided]}, with the preset paper ${paper[decided]}.`;
      }
    },
  });
  return { ...schema, title: 'Soft Prompt Studio experiment', allowTrailingCommas: false };
}

/** Fields whose default is the preset's. */
const presetFields: Readonly<Record<string, keyof Preset>> = {
  length: 'promptLength',
  maxTokens: 'maxTokens',
  stepOrigin: 'stepOrigin',
  steps: 'steps',
  batchSize: 'batchSize',
  microBatchTokens: 'microBatchTokens',
  evaluateEvery: 'evaluateEvery',
  patience: 'patience',
};
