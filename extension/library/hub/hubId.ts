import { HubError } from './hubError';

const word = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?';
const pattern = new RegExp(`^(?:${word}/)?${word}$`);

/** Whether a text can be a model's name on the hub: "organisation/name", or one word as old models have. */
export function isHubId(text: string): boolean {
  return pattern.test(text) && text.length <= 96 && !text.includes('--') && !text.includes('..');
}

/** @throws HubError "hub-missing" for what cannot be one; nothing else may become part of a path or an address. */
export function checkedHubId(text: string): string {
  if (!isHubId(text))
    throw new HubError('hub-missing', `"${text}" is not a model's name on the hub. Give organisation/name.`);
  return text;
}
