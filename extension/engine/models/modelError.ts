/** A model folder that cannot be used as it is: missing or damaged files, an unsupported field. The message is for the person: which file, what, what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
