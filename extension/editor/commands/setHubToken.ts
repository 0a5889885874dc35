import { askHubToken } from '../models/askHubToken';
import type { Command } from './studio';

/** Asks for the token of Hugging Face and keeps it in the secret storage. */
export const setHubToken: Command = ({ account }) => askHubToken(account);
