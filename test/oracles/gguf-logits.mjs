// What the product computes with a GGUF file: node test/oracles/gguf-logits.mjs FILE.gguf FOLDER writes the logits, the prompt's gradient and
// what they were computed of into FOLDER. See gguf_logits.py.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file, folder] = process.argv.slice(2);
// Beside onnxruntime-node, which cannot be bundled.
const outfile = join('out', `ggufLogits-${process.pid}.cjs`);
const modules = ['engine/graph/emission/writeModel', 'engine/graph/leaves', 'engine/graph/session'];
await build({
  stdin: {
    contents: [...modules, 'engine/models/loadFrozenModel', 'engine/models/lossGraph']
      .map((name) => `export * from './extension/${name}';`)
      .join('\n'),
    resolveDir: '.',
  },
  external: ['onnxruntime-node'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile,
});
const { input, lossFeeds, openModelFolder, openSession, writeModel } = await import(pathToFileURL(outfile).href);

const { model, network } = await openModelFolder(file);
const words = model.encodeWords('a soft prompt of some words').slice(0, 5);
const prompt = await model.embeddings(words);
const texts = [
  ['review: The soup was cold and the waiter was rude, but we laughed. sentiment:', 'negative'],
  ['definition: a large mammal that lives in the sea kind:', 'animal'],
  ['Numbers such as 12,345.67 and naïve café ☕ are words too.', 'yes indeed'],
];
const examples = texts.map(([text, target]) => ({
  inputIds: model.encodeInput(text),
  targetIds: model.encodeTarget(target),
}));
const shape = [words.length, network.width];
const logits = network.targetLogits(input('prompt', 'float', shape));
const session = await openSession(writeModel({ logits }, { executionProvider: 'cpu', precision: 'float32' }), {
  threads: 1,
});
const feeds = lossFeeds(network, prompt, examples, 1);
const result = await session.run(omitTargets(feeds));
await session.release();
const training = await model.openTrainingSession({ executionProvider: 'cpu', threads: 1, promptLength: words.length });
const { loss, gradient } = await training.lossAndGradient(prompt, examples, feeds.targetIds.data.length);
await training.release();
for (const [name, numbers] of Object.entries({ prompt, logits: result.logits.data, gradient }))
  writeFileSync(join(folder, `${name}.f32`), Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength));
writeFileSync(join(folder, 'examples.json'), JSON.stringify({ examples, loss, shape }));

/** What the logits are computed of: a session refuses what it does not ask for. */
function omitTargets(feeds) {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => name !== 'targetIds' && name !== 'targetWeights'));
}
