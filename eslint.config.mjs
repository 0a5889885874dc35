import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import importX from 'eslint-plugin-import-x';
import globals from 'globals';
import typescript from 'typescript-eslint';

/**
 * The borders of docs/architecture.md: who may import from where. `rooms` are folders under extension/; a room may import
 * itself and the rooms named, nothing else of ours.
 */
const rooms = {
  // The grammar of a task, which is pure: whoever reads an experiment looks at it in the same way.
  protocol: ['engine/tasks/taskProblems.ts'],
  runs: ['protocol'],
  'engine/storage': [],
  'engine/graph': ['engine/storage'],
  'engine/gradients': ['engine/graph'],
  'engine/tokenizer': [],
  'engine/datasets': [],
  'engine/tasks': ['engine/datasets'],
  'engine/dataCheck': ['engine/tasks', 'engine/datasets'],
  'engine/models': [
    'engine/tokenizer',
    'engine/graph',
    'engine/gradients',
    'engine/datasets/random.ts',
    'engine/storage',
  ],
  'engine/prompts': ['engine/models'],
  'engine/evaluation': ['engine/prompts', 'engine/tasks', 'engine/models', 'engine/datasets'],
  'engine/interpretation': ['engine/evaluation', 'engine/prompts', 'engine/tasks', 'engine/models', 'engine/datasets'],
  'engine/tuning': ['engine/evaluation', 'engine/prompts', 'engine/tasks', 'engine/models', 'engine/datasets'],
  // Of runs/ only how any file is written and locked.
  library: ['engine/models', 'engine/storage', 'runs/atomicFile.ts', 'runs/fileLock.ts', 'protocol'],
  'trainer/jobs': ['trainer/client.ts', 'trainer/failure.ts', 'library', 'engine', 'runs', 'protocol'],
  cli: ['trainer/jobs', 'trainer/failure.ts', 'library', 'engine', 'runs', 'protocol'],
  editor: ['engine/tasks/taskProblems.ts', 'trainer/client.ts', 'trainer/failure.ts', 'runs', 'protocol'],
};
const borders = Object.entries(rooms).map(([room, allowed]) => ({
  target: `./extension/${room}`,
  from: './extension',
  except: [room, ...allowed].map((each) => `./${each}`),
  message: `extension/${room} may import from ${allowed.join(', ') || 'nowhere else'} (docs/architecture.md, "Rooms").`,
}));
borders.push({
  target: './extension',
  from: './webview',
  message: 'Host code never imports browser code; what both need lies in extension/protocol/.',
});

const onlyIn = (name, where) => ({
  name,
  message: `${name} may only be imported in ${where} (docs/architecture.md, "Rooms").`,
});
// The whole of zod would be half of the host bundle.
const wholeZod = { name: 'zod', message: "import * as z from 'zod/mini', which is 79 kB less in every bundle." };
const restricted = (...paths) => ['error', { paths: [wholeZod, ...paths] }];
const vscodeBorder = onlyIn('vscode', 'extension/extension.ts and extension/editor/');
const runtimeBorder = onlyIn('onnxruntime-node', 'extension/engine/graph/');

export default typescript.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'out/',
      'samples/',
      'test/vscode-host/',
      'test/fixtures/',
      '.vscode-test/',
      '**/work/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  {
    files: ['extension/**/*.ts', 'webview/**/*.ts', 'test/**/*.ts'],
    extends: [...typescript.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js'] } } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'import-x/no-default-export': 'error',
    },
  },
  {
    files: ['extension/**/*.ts'],
    rules: {
      'no-restricted-imports': restricted(vscodeBorder, runtimeBorder),
      'import-x/no-restricted-paths': ['error', { zones: borders, basePath: import.meta.dirname }],
    },
  },
  {
    files: ['extension/extension.ts', 'extension/editor/**/*.ts'],
    rules: { 'no-restricted-imports': restricted(runtimeBorder) },
  },
  { files: ['extension/engine/graph/**/*.ts'], rules: { 'no-restricted-imports': restricted(vscodeBorder) } },
  {
    files: ['webview/**/*.ts'],
    rules: {
      'no-restricted-imports': restricted(vscodeBorder, runtimeBorder),
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            {
              target: './webview',
              from: './extension',
              except: ['./protocol'],
              message: 'webview/ shares only extension/protocol/ with the host.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/require-await': 'off' },
  },
  prettier,
);
