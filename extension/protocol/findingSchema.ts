import * as z from 'zod/mini';
import { severities } from './dataCheck';

const foundRow = z.object({ file: z.string(), row: z.int(), detail: z.optional(z.string()) });

/** A {@link import('./dataCheck').Finding} as a record keeps it. */
export const findingSchema = z.object({
  rule: z.string(),
  severity: z.enum(severities),
  text: z.string(),
  advice: z.optional(z.string()),
  part: z.optional(z.enum(['train', 'dev', 'test'])),
  count: z.int(),
  share: z.optional(z.number()),
  rows: z.readonly(z.array(foundRow)),
  field: z.optional(z.readonly(z.array(z.string()))),
  within: z.optional(z.string()),
});
