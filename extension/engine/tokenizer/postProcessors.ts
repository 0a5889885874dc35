import type { Definition } from './definition';

/** The stage `post_processor` of a tokenizer.json: puts special tokens around the ids of a text. */
export type PostProcessor = (ids: readonly number[]) => readonly number[];

/** Every post-processor there is, by its type in tokenizer.json. */
const postProcessors: Readonly<Record<string, (definition: Definition) => PostProcessor>> = {
  BertProcessing: aroundText,
  // It moves offsets only.
  ByteLevel: () => (ids) => ids,
  RobertaProcessing: aroundText,
  Sequence: (definition) => {
    const steps = definition.parts('processors').map(readPostProcessor);
    return (ids) => steps.reduce((result, step) => step(result), ids);
  },
  TemplateProcessing: (definition) => {
    const special = definition.part('special_tokens');
    const parts = definition.parts('single').map((part) => {
      if (part.has('Sequence')) return undefined;
      const name =
        part.part('SpecialToken')?.text('id') ?? part.reject('SpecialToken', 'there must be one, or "Sequence"');
      const token = special?.part(name) ?? definition.reject('special_tokens', `it must have ${JSON.stringify(name)}`);
      return token.list('ids').map((id) => idOf(token, 'ids', id));
    });
    return (ids) => parts.flatMap((part) => part ?? ids);
  },
};

/** @throws TokenizerError for a type that is not in the table, and for fields that cannot be used. */
export function readPostProcessor(definition: Definition): PostProcessor {
  return definition.row(postProcessors)(definition);
}

function aroundText(definition: Definition): PostProcessor {
  const [first, last] = ['cls', 'sep'].map((name) => idOf(definition, name, definition.list(name)[1]));
  return (ids) => [first!, ...ids, last!];
}

function idOf(definition: Definition, name: string, id: unknown): number {
  if (!Number.isSafeInteger(id) || (id as number) < 0) definition.reject(name, 'it must have ids of tokens');
  return id as number;
}
