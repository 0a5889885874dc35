// Writes l10n/bundle.l10n.json, every text that the extension host shows, for translators: `node tools/write-l10n.mjs`.
// With --check it only says whether the file is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, 'l10n', 'bundle.l10n.json');

/** Texts of all `l10n.t('...')` calls below a node. @param {ts.Node} node @returns {string[]} */
function texts(node) {
  const own = [];
  if (ts.isCallExpression(node) && /\bl10n\.t$/.test(node.expression.getText())) {
    const [text] = node.arguments;
    if (!text || !ts.isStringLiteralLike(text)) {
      throw new Error(`${node.getSourceFile().fileName}: l10n.t wants a literal text: ${node.getText()}`);
    }
    own.push(text.text);
  }
  ts.forEachChild(node, (child) => void own.push(...texts(child)));
  return own;
}

const editor = join(root, 'extension', 'editor');
const found = readdirSync(editor, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    texts(ts.createSourceFile(file, readFileSync(join(editor, file), 'utf8'), ts.ScriptTarget.Latest, true)),
  );
const wanted = `${JSON.stringify(Object.fromEntries([...new Set(found)].sort().map((text) => [text, text])), null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(bundle, wanted);
else if (readFileSync(bundle, 'utf8') !== wanted) {
  console.error('l10n/bundle.l10n.json is not up to date; run `node tools/write-l10n.mjs`.');
  process.exitCode = 1;
}
