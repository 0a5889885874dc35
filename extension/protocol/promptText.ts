import type { PromptInspection, VirtualToken } from './inspection';

/** Nearest tokens that are written out. */
const mostNeighbours = 5;

/**
 * A prompt in a readable form that is the same for the same prompt and model: where two prompts differ, the lines of those
 * virtual tokens differ. No path and no date is in it, and numbers are rounded to what they are good for. Tokens are quoted as
 * in JSON. A `~` marks a neighbour list that random vectors would have too.
 *
 * @param inspection its first snapshot is printed.
 */
export function promptText({ prompt, model, metric, snapshots }: PromptInspection): string {
  const [snapshot] = snapshots;
  const header = [
    '# soft prompt, format 1',
    `# model: ${model.name} (${model.architecture}, ${model.vocabulary} tokens)`,
    `# virtual tokens: ${prompt.length}`,
    `# width: ${prompt.width}`,
    ...(prompt.position ? [`# position: ${prompt.position}`] : []),
    `# nearest tokens by: ${metric}`,
    '#',
    '# position  norm  nearest tokens with cosine (~: no nearer than random vectors come)',
  ];
  return [...header, ...(snapshot?.tokens ?? []).map(tokenLine), ''].join('\n');
}

function tokenLine({ position, norm, neighbours, meaningful }: VirtualToken): string {
  const near = neighbours
    .slice(0, mostNeighbours)
    .map(({ text, cosine }) => `${JSON.stringify(text)} ${rounded(cosine)}`);
  return `${String(position).padStart(4)}  ${norm.toPrecision(4)}  ${meaningful ? '' : '~ '}${near.join('  ')}`;
}

/** To two decimals, and never "-0.00". */
function rounded(value: number): string {
  return value.toFixed(2).replace(/^-(0\.00)$/, '$1');
}
