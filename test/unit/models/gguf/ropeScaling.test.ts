import assert from 'node:assert/strict';
import { ropeScaling } from '../../../../extension/engine/models/gguf/architectures/decoder';
import type { GgufValue } from '../../../../extension/engine/models/gguf/ggufHeader';
import { GgufMetadata } from '../../../../extension/engine/models/gguf/ggufMetadata';

describe('the rotary scaling of a GGUF file', () => {
  const scaling = (values: Readonly<Record<string, GgufValue>>): Record<string, unknown> | undefined =>
    ropeScaling({
      name: 'llama',
      metadata: new GgufMetadata(
        'model.gguf',
        new Map(Object.entries(values).map(([key, value]) => [`llama.rope.${key}`, value])),
      ),
      shapeOf: () => undefined,
      rotaryDivisors: undefined,
      longRopeDivisors: undefined,
    });
  const linear = { rope_type: 'linear', factor: 4 };

  it('is linear where a factor has no type', () => assert.deepEqual(scaling({ 'scaling.factor': 4 }), linear));

  it('has its factor under the older name too', () => assert.deepEqual(scaling({ scale_linear: 4 }), linear));

  it('is none where the type says so, or the factor is missing, 0 or 1', () => {
    assert.equal(scaling({ 'scaling.type': 'none', 'scaling.factor': 4 }), undefined);
    for (const values of [{}, { 'scaling.type': 'linear' }, { 'scaling.factor': 0 }, { scale_linear: 1 }])
      assert.equal(scaling(values), undefined);
  });

  it('is refused where YaRN has a number that is not used', () => {
    const yarn = { 'scaling.type': 'yarn', 'scaling.factor': 4, 'scaling.original_context_length': 32 };
    assert.equal(scaling({ ...yarn, 'scaling.attn_factor': 1 })?.['factor'], 4);
    assert.throws(
      () => scaling({ ...yarn, 'scaling.attn_factor': 0.5 }),
      /"llama.rope.scaling.attn_factor" is 0.5, which is not supported; supported: 1/,
    );
  });
});
