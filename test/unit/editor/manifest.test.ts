import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Only what is looked at here. */
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly jsonValidation: readonly { readonly url: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly svg: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const text = readFileSync('package.json', 'utf8');
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
const { activationEvents, contributes } = JSON.parse(text) as Manifest;
const own = contributes.commands.map(({ command }) => command);
/** Commands that the editor makes for each view. */
const ofViews = Object.values(contributes.views).flatMap((views) => views.map(({ id }) => `${id}.focus`));

describe('package.json', () => {
  it('names only commands that there are, in menus, keys, welcome texts and the walkthrough', () => {
    const named = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command)),
      ...contributes.keybindings.map(({ command }) => command),
      ...Object.values(texts).flatMap((each) =>
        [...each.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command!),
      ),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.flatMap(({ completionEvents }) =>
          completionEvents.flatMap((event) =>
            event.startsWith('onCommand:') ? [event.slice('onCommand:'.length)] : [],
          ),
        ),
      ),
    ];
    const unknown = named.filter(
      (command) => command.startsWith('softPrompt.') && ![...own, ...ofViews].includes(command),
    );
    assert.deepEqual(unknown, []);
  });

  it('has every text that it names, and no other', () => {
    const named = [...text.matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key!);
    assert.deepEqual([...new Set(named)].toSorted(), Object.keys(texts).toSorted());
  });

  it('names only files that there are', () => {
    const files = [
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.jsonValidation.map(({ url }) => url),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    assert.deepEqual(
      files.filter((file) => !existsSync(file)),
      [],
    );
  });

  it('asks only for context keys that the extension sets', () => {
    const source = readFileSync('extension/editor/platform/contextKeys.ts', 'utf8');
    const known = [...source.matchAll(/= '(softPrompt[\w.]*)'/g)].map(([, key]) => key!);
    const conditions = [...text.matchAll(/"(?:when|enablement)": "([^"]*)"/g)].map(([, when]) => when!);
    const asked = conditions.flatMap((when) => when.match(/(?<!== )\bsoftPrompt\.[\w.]+/g) ?? []);
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter((key) => !known.includes(key)),
      [],
    );
  });

  it('has exactly the settings that the code reads', () => {
    const source = readFileSync('extension/editor/platform/settings.ts', 'utf8');
    const [, fields] = /interface Settings \{([^}]*)\}/.exec(source)!;
    const read = [...fields!.matchAll(/readonly '?([\w.]+)'?:/g)].map(([, name]) => `softPrompt.${name!}`);
    assert.deepEqual(Object.keys(contributes.configuration.properties).toSorted(), read.toSorted());
  });

  it('starts the extension for no more than JSON files, panels to restore and a folder with runs', () => {
    assert.deepEqual(activationEvents, [
      'onLanguage:json',
      'onWebviewPanel:softPrompt.runs',
      'onWebviewPanel:softPrompt.inspect',
      'onWebviewPanel:softPrompt.diff',
      'onWebviewPanel:softPrompt.evaluation',
      'workspaceContains:.prompt-runs',
    ]);
  });

  it('gives translators every text that the extension host shows', () => {
    execFileSync(process.execPath, ['tools/write-l10n.mjs', '--check']);
  });
});
