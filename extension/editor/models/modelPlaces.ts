import { dirname } from 'node:path';
import * as vscode from 'vscode';

const addedKey = 'softPrompt.modelPlaces';
const recentKey = 'softPrompt.recentModels';
const mostRecent = 5;

/** Where models lie that no store knows of: places the person named, models used before, folders of the workspace. */
export class ModelPlaces {
  constructor(private readonly memory: vscode.Memento) {}

  /** Model folders and .gguf files that the person added to the Models view, absolute. */
  get added(): readonly string[] {
    return this.memory.get<readonly string[]>(addedKey, []);
  }

  /** Models of earlier experiments as those name them, the last one first; never "bundled". */
  get recent(): readonly string[] {
    return this.memory.get<readonly string[]>(recentKey, []);
  }

  async add(path: string): Promise<void> {
    await this.memory.update(addedKey, [...this.added.filter((each) => each !== path), path]);
  }

  /** Takes a place out of the list; its files stay. */
  async forget(path: string): Promise<void> {
    await this.memory.update(
      addedKey,
      this.added.filter((each) => each !== path),
    );
    await this.memory.update(
      recentKey,
      this.recent.filter((each) => each !== path),
    );
  }

  /** Puts a model that was used in front of those offered the next time. */
  async remember(model: string): Promise<void> {
    if (model === 'bundled') return;
    await this.memory.update(recentKey, [model, ...this.recent.filter((each) => each !== model)].slice(0, mostRecent));
  }

  /** Folders of the workspace with both a configuration and weights, and its .gguf files. */
  async inWorkspace(): Promise<string[]> {
    const find = async (pattern: string): Promise<string[]> => {
      const files = await vscode.workspace.findFiles(pattern, '{**/node_modules/**,**/.*/**}');
      return files.map(({ fsPath }) => fsPath);
    };
    const [configurations, weights, ggufs] = await Promise.all(
      ['**/config.json', '**/*.safetensors', '**/*.gguf'].map(find),
    );
    const weighted = new Set([...weights!, ...ggufs!].map((file) => dirname(file)));
    const folders = configurations!.map((file) => dirname(file)).filter((folder) => weighted.has(folder));
    // A .gguf file beside a config.json belongs to that folder.
    const alone = ggufs!.filter((file) => !folders.includes(dirname(file)));
    return [...folders, ...alone].sort();
  }
}
