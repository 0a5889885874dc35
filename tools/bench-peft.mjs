// `npm run bench:peft [-- --python PYTHON] [--pairs N] [--only WORD]`: the same steps and the same scoring by us and by PEFT, alternated, or
// only what has a word in its name. Makes a virtual environment for PEFT in out/venv where no Python is named.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    pairs: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
  },
});
const packages = ['torch==2.13.0', 'transformers==5.18.0', 'peft==0.21.0'];
const run = (command, parameters) => execFileSync(command, parameters, { stdio: 'inherit' });

function preparedPython() {
  const folder = 'out/venv';
  const python = process.platform === 'win32' ? `${folder}/Scripts/python.exe` : `${folder}/bin/python`;
  if (!existsSync(`${folder}/ready`)) {
    mkdirSync('out', { recursive: true });
    run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
    run(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
    mkdirSync(`${folder}/ready`);
  }
  return python;
}

const python = values.python ?? preparedPython();
run(process.execPath, ['esbuild.mjs', '--tests=bench']);
run(process.execPath, ['out/bench/peft/run.mjs', python, values.pairs, values.only]);
