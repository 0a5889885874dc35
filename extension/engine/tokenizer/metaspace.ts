import type { Definition } from './definition';

const schemes = ['always', 'first', 'never'] as const;

/** SentencePiece's mark for a space, and where one is put in front of a text. */
export interface Metaspace {
  readonly replacement: string;
  readonly scheme: (typeof schemes)[number];
  /** Whether a piece ends in front of each mark. */
  readonly splits: boolean;
  /** A text with marks for its spaces, and one in front where the scheme says so. */
  readonly spaced: (text: string, atStart: boolean) => string;
}

/** @throws TokenizerError for fields that cannot be used. */
export function readMetaspace(definition: Definition): Metaspace {
  const replacement = definition.text('replacement');
  if (Array.from(replacement).length !== 1) definition.reject('replacement', 'it must be one character');
  // Files of before there were schemes say it with a flag.
  const prefixes = definition.flag('add_prefix_space', true);
  const scheme = definition.oneOf('prepend_scheme', schemes, prefixes ? 'always' : 'never');
  if (definition.has('prepend_scheme') && definition.has('add_prefix_space') && !prefixes && scheme !== 'never')
    definition.reject('prepend_scheme', 'but add_prefix_space is false');
  return {
    replacement,
    scheme,
    splits: definition.flag('split', true),
    spaced: (text, atStart) => {
      const marked = text.replaceAll(' ', replacement);
      const prefixed = scheme === 'always' || (scheme === 'first' && atStart);
      return prefixed && !marked.startsWith(replacement) ? replacement + marked : marked;
    },
  };
}
