import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type TensorShapeProto_Dimension as Dimension } from 'onnx-buf';
import { gelu, geluTanh, silu } from '../../../extension/engine/graph/composites/activations';
import { rmsNorm } from '../../../extension/engine/graph/composites/normalization';
import { rotary } from '../../../extension/engine/graph/composites/rotary';
import { type ExecutionProvider, onnxIrVersion, onnxOpset } from '../../../extension/engine/graph/emission/target';
import { gaussLegendre } from '../../../extension/engine/graph/emission/quadrature';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { constant, input, range, dimensionValue } from '../../../extension/engine/graph/leaves';
import { matmul } from '../../../extension/engine/graph/operators/contraction';
import { add, cast, exp, mul, tanh } from '../../../extension/engine/graph/operators/elementwise';
import { reduceSum } from '../../../extension/engine/graph/operators/reductions';
import { expand, reshape } from '../../../extension/engine/graph/operators/shaping';
import { openSession } from '../../../extension/engine/graph/session';
import { type Value, scope } from '../../../extension/engine/graph/value';
import { lossAndGradients } from '../gradients/differences';
import { cases } from '../gradients/cases';
import { twoBlocks } from '../gradients/twoBlocks';

const cpu = { executionProvider: 'cpu', precision: 'float32' } as const;
const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const x = input('x', 'float', ['batch', 'sequence', 4]);

describe('the written model', () => {
  it('merges equal expressions, however often they are built', () => {
    const once = (): Value => tanh(mul(exp(x), constant([1, 2, 3, 4], 'float')));
    const one = writeModel({ y: reduceSum(once()) }, cpu).nodeCounts;
    const three = writeModel({ y: reduceSum(add(add(once(), once()), once())) }, cpu).nodeCounts;
    assert.equal(three.Tanh, 1);
    assert.equal(three.Exp, 1);
    assert.equal(total(three), total(one) + 2);
  });

  it('merges no expressions that differ', () => {
    const counts = writeModel(
      { y: add(mul(x, 2), add(mul(x, 3), mul(x, constant([2, 2, 2, 3], 'float')))) },
      cpu,
    ).nodeCounts;
    assert.equal(counts.Mul, 3);
    const long = (last: number): Value =>
      constant(
        Float32Array.from({ length: 100 }, (_, i) => (i < 99 ? 0 : last)),
        'float',
      );
    const y = input('y', 'float', [100]);
    assert.equal(writeModel({ z: add(mul(y, long(1)), mul(y, long(2))) }, cpu).nodeCounts.Mul, 2);
  });

  it('tells the sizes of all that is computed on the way, equal ones by equal names', () => {
    const flat = reshape(mul(x, 2), [-1, 4]);
    const back = reshape(exp(flat), ['batch', 'sequence', 4]);
    const { graph } = fromBinary(ModelProtoSchema, writeModel({ y: tanh(back) }, cpu).bytes);
    const shapes = new Map(
      graph!.valueInfo.map(({ name, type }) => {
        const { value } = type!.value as {
          readonly value: { readonly shape?: { readonly dim: readonly Dimension[] } };
        };
        return [name, value.shape!.dim.map((dim) => dim.value.value)];
      }),
    );
    const made = graph!.node.flatMap(({ opType, output }) =>
      ['Identity', 'Shape', 'Concat'].includes(opType) ? [] : output,
    );
    assert.deepEqual([...shapes.keys()].sort(), made.sort());
    const [whole, rows] = [
      ['batch', 'sequence', 4n],
      ['batch*sequence', 4n],
    ];
    assert.deepEqual(
      made.map((name) => [name.replace(/_\d+$/, ''), shapes.get(name)]),
      [
        ['Exp', rows],
        ['Mul', whole],
        ['Reshape', rows],
        ['Reshape', whole],
        ['Tanh', whole],
      ],
    );
  });

  it('turns queries and keys in one node on the CPU, where their tables begin with the first row', () => {
    const [y, half] = [input('y', 'float', ['batch', 2, 'sequence', 8]), 4] as const;
    const table = (name: string): Value => input(name, 'float', ['sequence', half]);
    const turned = rotary(y, table('cosine'), table('sine'));
    const countsOn = (executionProvider: ExecutionProvider): Readonly<Record<string, number>> =>
      writeModel({ turned }, { executionProvider, precision: 'float32' }).nodeCounts;
    assert.equal(countsOn('cpu').RotaryEmbedding, 1);
    assert.equal(countsOn('cpu').Mul, undefined);
    assert.equal(countsOn('webgpu').RotaryEmbedding, undefined);
    const perRow = (name: string): Value => input(name, 'float', ['batch', 1, 'sequence', half]);
    const others = writeModel({ turned: rotary(y, perRow('cosine'), perRow('sine')) }, cpu).nodeCounts;
    assert.equal(others.RotaryEmbedding, undefined);
  });

  it('has norms and activations as one node each on the CPU where there is no backward pass, with the same numbers', async () => {
    const weight = input('weight', 'float', [4]);
    const written = { norm: rmsNorm(x, weight, 1e-6), gelu: gelu(x), geluTanh: geluTanh(x) };
    const forward = writeModel(written, { ...cpu, forwardOnly: true });
    assert.deepEqual(forward.nodeCounts, { SimplifiedLayerNormalization: 1, Gelu: 2, Identity: 3 });
    for (const target of [cpu, { ...cpu, executionProvider: 'webgpu', forwardOnly: true } as const]) {
      const { Gelu, SimplifiedLayerNormalization } = writeModel(written, target).nodeCounts;
      assert.deepEqual([Gelu, SimplifiedLayerNormalization], [undefined, undefined]);
    }
    const values = [-1e4, -30, -7.5, -3, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 3, 7.5, 30, 1e4, 1e-12];
    const feeds = { x: { data: values, shape: [2, 2, 4] }, weight: { data: [1, -2, 0.5, 3], shape: [4] } };
    const [fused, apart] = await Promise.all(
      [forward, writeModel(written, cpu)].map(async (model) => {
        const session = await openSession(model);
        const results = await session.run(feeds);
        await session.release();
        return results;
      }),
    );
    for (const name of Object.keys(written))
      for (const [i, expected] of apart![name]!.data.entries()) {
        const actual = Number(fused![name]!.data[i]);
        const bound = 2e-6 * Math.max(1, Math.abs(Number(expected)));
        assert.ok(Math.abs(actual - Number(expected)) <= bound, `${name} of ${values[i]}: ${actual}, not ${expected}`);
      }
  });

  it('holds only what its outputs need', () => {
    const dead = exp(input('dead', 'float', ['batch']));
    const model = writeModel({ y: tanh(x) }, cpu);
    assert.equal(dead.operator, 'Exp');
    assert.deepEqual(model.nodeCounts, { Tanh: 1, Identity: 1 });
    assert.deepEqual(
      model.inputs.map(({ name }) => name),
      ['x'],
    );
  });

  it('names opset, IR version, inputs, outputs and parts of the model', () => {
    const y = scope('layers.0', () => scope('feedForward', () => tanh(x)));
    const { graph, irVersion, opsetImport } = fromBinary(ModelProtoSchema, writeModel({ y }, cpu).bytes);
    assert.equal(irVersion, BigInt(onnxIrVersion));
    assert.equal(opsetImport.find(({ domain }) => domain === '')!.version, BigInt(onnxOpset));
    assert.match(graph!.node[0]!.name, /^layers\.0\/feedForward\/Tanh/);
    assert.deepEqual(
      [...graph!.input, ...graph!.output].map(({ name }) => name),
      ['x', 'y'],
    );
  });

  for (const executionProvider of ['webgpu', 'dml', 'coreml'] as ExecutionProvider[])
    it(`for ${executionProvider} uses ONNX's own operators only, and no LogSoftmax`, () => {
      for (const each of [...Object.values(cases), twoBlocks]) {
        const { outputs } = lossAndGradients(each);
        const model = writeModel(outputs, { executionProvider, precision: 'float32' });
        const nodes = fromBinary(ModelProtoSchema, model.bytes).graph!.node;
        assert.deepEqual(
          nodes.filter(({ domain, opType }) => domain !== '' || opType === 'LogSoftmax').map(({ opType }) => opType),
          [],
        );
      }
    });

  it('for the CPU fuses transposition and scale into the product, in float32 but not in float64', () => {
    const y = matmul(x, x, { transposeB: true, scale: 0.5 });
    assert.equal(writeModel({ y }, cpu).nodeCounts.FusedMatMul, 1);
    const double = writeModel({ y }, { executionProvider: 'cpu', precision: 'float64' }).nodeCounts;
    assert.deepEqual([double.FusedMatMul, double.Transpose, double.MatMul], [undefined, 1, 1]);
  });

  it('is refused with reasons when it cannot be', () => {
    assert.throws(
      () => writeModel({ y: x }, { executionProvider: 'webgpu', precision: 'float64' }),
      /float64 runs on the CPU only/,
    );
    assert.throws(() => writeModel({ y: add(x, input('x', 'float', [4])) }, cpu), /Two inputs are called "x"/);
    assert.throws(() => writeModel({ x: exp(x) }, cpu), /"x" names both an input and an output/);
    assert.throws(
      () => writeModel({ y: expand(x, ['other', 'batch', 'sequence', 4]) }, cpu),
      /"other".*no input that the outputs depend on/,
    );
  });

  it('asks for sizes at run time only where a constant cannot say them', () => {
    const flat = reshape(x, ['batch*sequence', 4]);
    assert.equal(writeModel({ y: flat }, cpu).nodeCounts.Shape, undefined);
    assert.equal(writeModel({ y: reshape(x, ['batch', 'sequence', 2, 2]) }, cpu).nodeCounts.Shape, undefined);
    assert.equal(
      writeModel({ y: reshape(exp(flat), ['batch', 'sequence', 4]), b: dimensionValue('batch') }, cpu).nodeCounts.Shape,
      1,
    );
  });

  it('writes gelu and silu the same for every precision, but for erf, which float64 has not', () => {
    const counts = (y: Value, precision: 'float32' | 'float64'): Readonly<Record<string, number>> =>
      writeModel({ y }, { executionProvider: 'cpu', precision }).nodeCounts;
    assert.deepEqual(counts(silu(x), 'float64'), counts(silu(x), 'float32'));
    assert.equal(counts(gelu(x), 'float32').Erf, 1);
    assert.equal(counts(gelu(x), 'float64').Erf, undefined);
  });

  it('knows positions as numbers of a dimension', () => {
    const y = cast(range('sequence'), 'float');
    assert.deepEqual(y.shape, ['sequence']);
    assert.equal(writeModel({ y: mul(reduceSum(x, [0, 2]), y) }, cpu).nodeCounts.Range, 1);
  });
});

describe('Gauss-Legendre quadrature', () => {
  it('integrates polynomials up to degree 2n - 1 exactly', () => {
    for (const n of [1, 2, 5, 48]) {
      const { nodes, weights } = gaussLegendre(n);
      for (let degree = 0; degree < 2 * n; degree++) {
        const integral = nodes.reduce((sum, node, i) => sum + weights[i]! * node ** degree, 0);
        assert.ok(Math.abs(integral - 1 / (degree + 1)) < 1e-14, `n ${n}, degree ${degree}: ${integral}`);
      }
    }
  });
});
