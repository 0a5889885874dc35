import type {
  PromptInspection,
  PromptSnapshot,
  TokenCluster,
  TokenEffects,
  VirtualToken,
} from '../../extension/protocol/inspection';
import { metricWord, positionWords } from './runFacts';
import { visibleText } from './visibleText';

/** Numbers in a finding are the same whatever the language of the page: a finding is pasted elsewhere. */
const fixed = (value: number, digits = 3): string => value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1');
const signed = (value: number, digits = 3): string => `${value < 0 ? '' : '+'}${fixed(value, digits)}`;
const percent = (share: number): string => `${fixed(100 * share, 0)} %`;
const quoted = (text: string): string => `"${visibleText(text)}"`;

/** What a finding is about, and what it is measured with. */
export interface FindingSource {
  readonly inspection: PromptInspection;
  readonly snapshot: PromptSnapshot;
  readonly effects: TokenEffects | undefined;
}

/** The prompt and its model in words: `topics-quick, step 300 (20 x 576, studio-30m)`. */
export function subjectWords({ inspection: { prompt, model }, snapshot: { step } }: FindingSource): string {
  const name = prompt.run?.name ?? prompt.name;
  return `${name}${step === undefined ? '' : `, step ${step}`} (${prompt.length} x ${prompt.width}${positionWords(prompt.position)}, ${model.name})`;
}

/** How far the neighbour lists of the prompt may be believed. */
export function meaningfulWords({ snapshot: { baseline, tokens } }: FindingSource): string {
  const { meaningful, threshold, vectors } = baseline;
  return (
    `${meaningful} of ${tokens.length} virtual tokens lie nearer to a token of the vocabulary than 99 % of ${vectors} ` +
    `random vectors do (cosine above ${fixed(threshold)})`
  );
}

/** The whole prompt in one sentence. */
export function promptFinding(source: FindingSource): string {
  const { snapshot, effects } = source;
  const parts = [
    meaningfulWords(source),
    `effective rank ${fixed(snapshot.effectiveRank, 1)} of ${snapshot.spectrum.length}`,
    `${snapshot.duplicates.length} near-duplicate ${snapshot.duplicates.length === 1 ? 'pair' : 'pairs'}`,
  ];
  if (effects) {
    const most = effects.tokens.toSorted((a, b) => b.masked.loss - a.masked.loss)[0];
    if (most)
      parts.push(
        `the largest effect is that of virtual token ${most.position}: ${effectWords(effects, most.position)}`,
      );
  }
  return `${subjectWords(source)}: ${parts.join('; ')}.`;
}

/** One virtual token in one sentence. */
export function tokenFinding(source: FindingSource, position: number): string {
  const token = source.snapshot.tokens[position];
  if (token === undefined) return '';
  const { threshold } = source.snapshot.baseline;
  const near = token.neighbours.slice(0, 3).map(({ text, cosine }) => `${quoted(text)} (cosine ${fixed(cosine)})`);
  const believed = token.meaningful
    ? `beyond the ${fixed(threshold)} of random vectors`
    : `not beyond the ${fixed(threshold)} of random vectors, so not meaningful`;
  const parts = [
    `nearest ${near.join(', ')}, ${believed}`,
    `norm ${fixed(token.norm)}, larger than ${percent(token.normPercentile)} of the vocabulary`,
    ...startWords(token),
    ...(source.effects ? [effectWords(source.effects, position)] : []),
  ];
  return `${subjectWords(source)}, virtual token ${position}: ${parts.join('; ')}.`;
}

/** A cluster in one sentence. */
export function clusterFinding(source: FindingSource, { name, tokens, positions }: TokenCluster): string {
  const members = tokens.slice(0, 8).map(({ text }) => quoted(text));
  return `${subjectWords(source)}: the cluster ${name} (${members.join(', ')}) has ${positions.length} of ${source.snapshot.tokens.length} virtual tokens: ${positions.join(', ')}.`;
}

function startWords({ initialWords, persists, moved }: VirtualToken): string[] {
  const distance = moved === undefined ? '' : `, ${fixed(moved)} away from its start`;
  if (initialWords === undefined) return moved === undefined ? [] : [`moved ${fixed(moved)} from its start`];
  if (persists === undefined) return [`started as ${quoted(initialWords)}${distance}`];
  return [
    `started as ${quoted(initialWords)}, which ${persists ? 'still is' : 'no longer is'} among its neighbours${distance}`,
  ];
}

function effectWords({ tokens, metric, rows }: TokenEffects, position: number): string {
  const effect = tokens[position];
  if (effect === undefined) return 'its effect was not measured';
  const change = ({ loss, metric: score }: { loss: number; metric: number }): string =>
    `loss ${signed(loss)}${metric === 'loss' ? '' : `, ${metricWord(metric)} ${signed(100 * score, 1)} points`}`;
  return `without it, on ${rows} rows: ${change(effect.masked)} (masked), ${change(effect.replaced)} (replaced by the vocabulary's mean)`;
}
