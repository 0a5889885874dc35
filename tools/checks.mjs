// What is checked without running the product: format, types and rules.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inModules = (path) => fileURLToPath(new URL(join('../node_modules', path), import.meta.url));
const check = (name, ...command) => ({ suite: name, name, command: [process.execPath, ...command] });

/** @type {import('./task-pool.mjs').Task[]} */
export const checks = [
  check('Lint', inModules('eslint/bin/eslint.js'), '.'),
  check('Types', inModules('typescript/bin/tsc'), '--noEmit'),
  check('Format', inModules('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn'),
];
