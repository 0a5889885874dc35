import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { ModelProtoSchema, TensorProto_DataType as DataType } from 'onnx-buf';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gradient } from '../../../extension/engine/gradients/gradient';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import type { EncodedExample } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { lossGraph } from '../../../extension/engine/models/lossGraph';
import { int4Blocks } from '../../../extension/engine/models/quantisation/int4Blocks';
import { verifyModel } from '../../../extension/engine/models/verifyModel';
import { ggufFixtures } from './gguf/ggufFixtures';
import { largestDifference, readTensors } from './modelFixtures';

const int4: number = DataType.INT4;
const cpu = { executionProvider: 'cpu', threads: 1 } as const;
/** Folder of what test/oracles/quantisation.py writes. */
const fixtures = join(process.cwd(), 'test/fixtures/quantisation');

interface Expected {
  readonly examples: readonly EncodedExample[];
  /** Names of the weights that are quantised. */
  readonly linear: readonly string[];
}

/** The numbers that blocks along the last axis stand for. */
function numbersOf({ codes, scales }: ReturnType<typeof int4Blocks>): number[] {
  return Array.from({ length: 2 * codes.length }, (_, i) => {
    const code = (codes[i >> 1]! >> (4 * (i & 1))) & 15;
    return (code < 8 ? code : code - 16) * scales[Math.floor(i / 32)]!;
  });
}

describe('4-bit blocks', () => {
  it("are those of GGML's Q4_0, whose scale is a half", async () => {
    const tensors = await readTensors(join(ggufFixtures, 'blocks.safetensors'));
    const numbers = tensors.get('F32')!.numbers;
    const expected = tensors.get('Q4_0')!.numbers;
    const actual = numbersOf(int4Blocks(numbers, [3, 64], 1));
    for (const [i, number] of actual.entries())
      assert.ok(Math.abs(number - expected[i]!) <= 2 ** -11 * Math.abs(number));
  });

  it('keep numbers that are such blocks already', () => {
    const once = Float32Array.from({ length: 64 }, (_, i) => (((i * 7) % 16) - 8) * (i < 32 ? 0.25 : -3));
    assert.deepEqual(numbersOf(int4Blocks(once, [1, 64], 1)), [...once]);
  });

  it('down the columns are those along the rows of the transposed matrix', () => {
    const [rows, columns] = [64, 6];
    const matrix = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i));
    const transposed = Float32Array.from({ length: rows * columns }, (_, i) => {
      return matrix[(i % rows) * columns + Math.floor(i / rows)]!;
    });
    const down = int4Blocks(matrix, [rows, columns], 0);
    const along = int4Blocks(transposed, [columns, rows], 1);
    const code = ({ codes }: typeof down, i: number): number => (codes[i >> 1]! >> (4 * (i & 1))) & 15;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        assert.equal(code(down, row * columns + column), code(along, column * rows + row));
        assert.equal(down.scales[(row >> 5) * columns + column], along.scales[column * 2 + (row >> 5)]);
      }
  });
});

for (const name of ['llama', 't5'])
  describe(`a frozen model with 4-bit weights (${name})`, function () {
    this.timeout(120_000);
    const folder = join(fixtures, name);
    let cache: string;
    let expected: Expected;
    let tensors: Awaited<ReturnType<typeof readTensors>>;
    before(async () => {
      cache = await mkdtemp(join(tmpdir(), 'int4-'));
      expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Expected;
      tensors = await readTensors(join(folder, 'expected.safetensors'));
    });
    after(() => rm(cache, { recursive: true }));

    it("has torch's loss and prompt gradient of the dequantised model", async () => {
      const model = await loadFrozenModel(folder, { cache, frozenWeights: 'int4' });
      const { numbers, shape } = tensors.get('prompt')!;
      const session = await model.openTrainingSession({ ...cpu, promptLength: shape[0]! });
      const { gradient: actual } = await session.lossAndGradient(numbers, expected.examples, 3);
      await session.release();
      const wanted = tensors.get('gradient')!.numbers;
      const error = largestDifference(actual, wanted) / Math.max(...wanted.map(Math.abs));
      assert.ok(error < 1e-4, `relative error ${error}`);

      const stored = await loadFrozenModel(folder);
      const unquantised = await stored.openTrainingSession({ ...cpu, promptLength: shape[0]! });
      const { gradient: other } = await unquantised.lossAndGradient(numbers, expected.examples, 3);
      await unquantised.release();
      assert.ok(largestDifference(other, wanted) > 100 * largestDifference(actual, wanted), 'it is quantised');
    });

    it('keeps linear maps as codes of an eighth of their float32 bytes, once for both directions', async () => {
      const { network } = await openModelFolder(folder, { cache, frozenWeights: 'int4' });
      const { loss, prompt } = lossGraph(network, 2);
      const { bytes } = writeModel(
        { loss, gradient: gradient(loss, [prompt])[0]! },
        { executionProvider: 'cpu', precision: 'float32' },
      );
      const { initializer } = fromBinary(ModelProtoSchema, bytes).graph!;
      const codes = initializer.filter(({ dataType }) => dataType === int4);
      const names = codes.map((tensor) => tensor.name.replace(/_\d+$/, ''));
      assert.deepEqual(names.sort(), expected.linear);
      for (const { dims, externalData } of codes) {
        const length = externalData.find(({ key }) => key === 'length')!.value;
        assert.equal(Number(length) * 8, 4 * dims.map(Number).reduce((a, b) => a * b));
      }
    });

    it('has a gradient that holds in float64', async () => {
      const { relativeError } = await verifyModel(folder, { cache, frozenWeights: 'int4', entries: 8 });
      assert.ok(relativeError < 1e-6, `relative error ${relativeError}`);
    });

    it('scores and writes with the same weights', async () => {
      const model = await loadFrozenModel(folder, { cache, frozenWeights: 'int4' });
      const generation = await model.openGenerationSession({ ...cpu, promptLength: 0 });
      const inputIds = expected.examples[0]!.inputIds;
      const [text] = await generation.generate(new Float32Array(0), [{ inputIds }], { maxNewTokens: 5 });
      await generation.release();
      const scoring = await model.openScoringSession({ ...cpu, promptLength: 0 });
      const [scores] = await scoring.score(new Float32Array(0), [{ inputIds, targets: [text!.ids] }]);
      await scoring.release();
      assert.ok(Math.abs(scores![0]!.logProbability - text!.logProbability) < 1e-4);
    });

    it('is quantised once, and again where the file is torn', async () => {
      const [file] = await readdir(cache);
      const path = join(cache, file!);
      const whole = await readFile(path);
      await truncate(path, whole.length - 100);
      await loadFrozenModel(folder, { cache, frozenWeights: 'int4' });
      assert.deepEqual(await readdir(cache), [file]);
      assert.ok((await readFile(path)).equals(whole));
    });
  });
