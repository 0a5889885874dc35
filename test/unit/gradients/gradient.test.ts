import assert from 'node:assert/strict';
import { gradient } from '../../../extension/engine/gradients/gradient';
import { ruleOf } from '../../../extension/engine/gradients/rules/table';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { linear } from '../../../extension/engine/graph/operators/contraction';
import { add, cast, mul, neg, relu, tanh } from '../../../extension/engine/graph/operators/elementwise';
import { argMax, reduceSum } from '../../../extension/engine/graph/operators/reductions';
import { slice } from '../../../extension/engine/graph/operators/shaping';
import { openSession } from '../../../extension/engine/graph/session';
import { inOrder } from '../../../extension/engine/graph/order';
import { type Value, makeValue } from '../../../extension/engine/graph/value';
import { cases } from './cases';
import { feedsOf, gradientErrors, relativeError } from './differences';
import { twoBlocks } from './twoBlocks';

const cpu = { executionProvider: 'cpu', precision: 'float32' } as const;
const double = { executionProvider: 'cpu', precision: 'float64' } as const;

describe('gradient', function () {
  this.timeout(60_000);

  it('of a small language model with respect to its prompt equals central differences in float64', async () => {
    const errors = await gradientErrors(twoBlocks);
    assert.ok(errors.prompt! <= 1e-7, `relative error ${errors.prompt!}`);
  });

  it('builds nothing for frozen weights', () => {
    const x = input('x', 'float', ['batch', 4]);
    const frozen = input('w', 'float', [3, 4]);
    const loss = reduceSum(linear(x, frozen));
    const [toInput] = gradient(loss, [x]);
    const products = inOrder([toInput!], ({ inputs }) => inputs).filter(({ operator }) => operator === 'MatMul');
    assert.deepEqual(
      products.map(({ inputs }) => inputs[1]),
      [frozen],
    );
  });

  it('builds nothing before the first operator that the prompt reaches', () => {
    const x = input('x', 'float', ['batch', 4]);
    const prompt = input('prompt', 'float', ['batch', 4]);
    const early = tanh(mul(tanh(x), x));
    const [toPrompt] = gradient(reduceSum(mul(early, prompt)), [prompt]);
    const forward = writeModel({ y: reduceSum(mul(early, prompt)) }, cpu).nodeCounts;
    const both = writeModel({ y: reduceSum(mul(early, prompt)), g: toPrompt! }, cpu).nodeCounts;
    assert.equal(both.Tanh, forward.Tanh);
    assert.equal(both.Sub ?? 0, 0);
  });

  it('computes nothing twice that the forward pass has computed', () => {
    const { inputs, build } = cases.Attention!;
    const values = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape }]) => [name, input(name, 'float', shape)]),
    );
    const loss = reduceSum(build(values));
    const [toQueries] = gradient(loss, [values.q!]);
    assert.equal(writeModel({ loss, toQueries: toQueries! }, cpu).nodeCounts.Softmax, 1);
  });

  it('adds up what reaches a value on several ways', async () => {
    const x = input('x', 'float', [3]);
    const [g] = gradient(reduceSum(add(mul(x, x), add(neg(x), mul(x, 3)))), [x]);
    const session = await openSession(writeModel({ g: g! }, cpu));
    const { data } = (await session.run({ x: { data: [1, 2, -5], shape: [3] } })).g!;
    await session.release();
    assert.deepEqual([...data], [4, 6, -8]);
  });

  it('puts the gradients of the parts of a value that was cut in two behind each other', async () => {
    const x = input('x', 'float', [3]);
    const [front, back] = [slice(x, 0, 0, 1), slice(x, 0, 1)];
    for (const loss of [
      add(reduceSum(mul(front, front)), reduceSum(mul(back, 3))),
      add(reduceSum(mul(back, 3)), reduceSum(mul(front, front))),
    ]) {
      const [g] = gradient(loss, [x]);
      const model = writeModel({ g: g! }, cpu);
      assert.equal(model.nodeCounts.Pad, undefined);
      const session = await openSession(model);
      const { data } = (await session.run({ x: { data: [5, 7, 9], shape: [3] } })).g!;
      await session.release();
      assert.deepEqual([...data], [10, 3, 3]);
    }
  });

  it('adds the gradients of parts of a value that overlap', async () => {
    const x = input('x', 'float', [3]);
    const [g] = gradient(add(reduceSum(mul(slice(x, 0, 0, 2), 2)), reduceSum(mul(slice(x, 0, 1), 3))), [x]);
    const session = await openSession(writeModel({ g: g!, same: x }, cpu));
    const { data } = (await session.run({ x: { data: [5, 7, 9], shape: [3] } })).g!;
    await session.release();
    assert.deepEqual([...data], [2, 5, 3]);
  });

  it('with respect to what the loss does not depend on is zero', async () => {
    const [x, other] = [input('x', 'float', ['batch']), input('other', 'float', ['batch'])];
    const [g] = gradient(reduceSum(mul(x, x)), [other]);
    const session = await openSession(writeModel({ g: g!, same: x }, cpu));
    const { data } = (await session.run({ x: { data: [1, 2], shape: [2] } })).g!;
    await session.release();
    assert.deepEqual([...data], [0, 0]);
  });

  it('can be taken with respect to an intermediate value', async () => {
    const x = input('x', 'float', [2]);
    const h = mul(x, x);
    const [g] = gradient(reduceSum(mul(h, h)), [h]);
    const session = await openSession(writeModel({ g: g! }, cpu));
    const { data } = (await session.run({ x: { data: [2, 3], shape: [2] } })).g!;
    await session.release();
    assert.deepEqual([...data], [8, 18]);
  });

  it('refuses a loss that is no scalar, and an operator without a rule by name', () => {
    const x = input('x', 'float', ['batch', 4]);
    assert.throws(() => gradient(relu(x), [x]), /the loss must be a scalar, it is \[batch, 4\]/);
    const unknown = makeValue('Gelu', [x], {}, 'float', x.shape);
    const strange = { ...unknown, operator: 'Strange' } as unknown as Value;
    assert.throws(() => gradient(reduceSum(strange), [x]), /Strange \[batch, 4\].* has no rule/);
  });

  it('flows through no whole numbers', async () => {
    const x = input('x', 'float', ['batch', 4]);
    const place = cast(argMax(x), 'float');
    const [g] = gradient(reduceSum(mul(reduceSum(x, [1]), place)), [x]);
    const session = await openSession(writeModel({ g: g! }, cpu));
    const { data } = (await session.run({ x: { data: [0, 1, 2, 9, 0, 7, 1, 2], shape: [2, 4] } })).g!;
    await session.release();
    assert.deepEqual([...data], [3, 3, 3, 3, 1, 1, 1, 1]);
  });

  for (const operator of [
    'RmsNorm',
    'LayerNorm',
    'Attention',
    'Rotary',
    'Gelu',
    'GeluTanh',
    'Silu',
    'CrossEntropy',
  ] as const)
    it(`${operator}: the composite's rule equals the rules of what it is made of`, async () => {
      const { inputs, build } = cases[operator]!;
      const values = Object.fromEntries(
        Object.entries(inputs).map(([name, { type = 'float', shape }]) => [name, input(name, type, shape)]),
      );
      const built = build(values);
      // A norm is computed in a wider type than it is given.
      const composite = built.operator === 'Cast' ? built.inputs[0]! : built;
      assert.equal(composite.operator, operator);
      assert.ok(ruleOf(operator) !== undefined);
      const wanted = Object.keys(inputs)
        .filter((name) => values[name]!.type === 'float' && inputs[name]!.differentiate !== false)
        .map((name) => values[name]!);
      const direct = gradient(reduceSum(mul(composite, composite)), wanted);
      const expansion = composite.expansion!();
      const expanded = gradient(reduceSum(mul(expansion, expansion)), wanted);
      const outputs = Object.fromEntries([
        ...direct.map((value, i) => [`direct ${i}`, value] as const),
        ...expanded.map((value, i) => [`expanded ${i}`, value] as const),
      ]);
      const session = await openSession(writeModel(outputs, double), { threads: 1 });
      const results = await session.run(feedsOf(inputs));
      await session.release();
      direct.forEach((_, i) => {
        const [a, b] = [`direct ${i}`, `expanded ${i}`].map((name) => Array.from(results[name]!.data, Number));
        assert.ok(relativeError(a!, b!) <= 1e-12, `operand ${i}: ${relativeError(a!, b!)}`);
      });
    });
});
