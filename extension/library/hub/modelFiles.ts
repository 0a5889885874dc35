import { HubError } from './hubError';
import type { Repository, RepositoryFile } from './repository';

/** Settings and tokenizer of a model, as far as a repository has them. Nothing else of it is fetched but the weights. */
const companions = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'spiece.model',
  'tokenizer.model',
  'chat_template.jinja',
];
export const singleWeights = 'model.safetensors';
export const weightIndex = 'model.safetensors.index.json';

/** The small files that come first: they tell whether the weights are worth fetching. @throws HubError for a repository that is no usable model. */
export function smallFiles(repository: Repository): RepositoryFile[] {
  const { id, files } = repository;
  const names = [...files.keys()];
  const has = (name: string): boolean => files.has(name);
  const refuse = (reason: string): never => {
    throw new HubError('hub-missing', `${id} ${reason}`);
  };
  if (!has(singleWeights) && !has(weightIndex)) {
    const quantised = names.filter((name) => name.toLowerCase().endsWith('.gguf'));
    if (quantised.length > 0)
      refuse(
        `has its weights as GGUF only (${listed(quantised)}). Fetch one of these files with a browser and name it as the model.`,
      );
    if (names.some((name) => /^pytorch_model.*\.bin/.test(name)))
      refuse(
        'has its weights as pytorch_model.bin only, which is not read because such files can run code. ' +
          'Look for a version with model.safetensors, or save it again with transformers.',
      );
    refuse('has no model.safetensors: there are no weights to fetch.');
  }
  if (!has('config.json')) refuse('has no config.json, so nothing says what its weights are.');
  if (!has('tokenizer.json'))
    refuse('has no tokenizer.json. Save its tokenizer again with transformers, which then writes one.');
  const wanted = has(singleWeights) ? companions : [...companions, weightIndex];
  return wanted.flatMap((name) => files.get(name) ?? []);
}

/** The files with the weights. @param index the text of `model.safetensors.index.json` where the weights are in several. @throws HubError for an index that names others than the repository's own. */
export function weightFiles({ id, files }: Repository, index: string | undefined): RepositoryFile[] {
  if (index === undefined) return [files.get(singleWeights)!];
  let map: unknown;
  try {
    map = (JSON.parse(index.replace(/^\uFEFF/, '')) as { readonly weight_map?: unknown }).weight_map;
  } catch {
    map = undefined;
  }
  if (typeof map !== 'object' || map === null)
    throw new HubError('hub-missing', `${id}: ${weightIndex} has no "weight_map".`);
  return [...new Set(Object.values(map))].sort().map((shard) => {
    // It becomes a path: a bare file name, and one that the hub lists.
    const file = typeof shard === 'string' && /^[\w-][\w.-]*\.safetensors$/.test(shard) ? files.get(shard) : undefined;
    if (file === undefined)
      throw new HubError(
        'hub-missing',
        `${id}: ${weightIndex} names ${JSON.stringify(shard)}, which is no weight file of the repository.`,
      );
    return file;
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
