import { ModelError } from './modelError';
import { bytesPerElement, type WeightType } from './tensorType';

/** Bits that are all set in an infinity or NaN, and in no other number. */
const exponentBits = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 } as const satisfies Record<WeightType, number>;

/**
 * A frozen weight must be finite: one that is not makes every loss and gradient NaN. Checked where weights are read from end to
 * end anyway.
 *
 * @param bytes whole elements as they are stored; need not be aligned.
 * @param at where the first of them comes from; `index` counts the elements of the tensor before it.
 * @throws ModelError naming file, tensor and element.
 */
export function requireFinite(
  bytes: Uint8Array,
  type: WeightType,
  at: { readonly file: string; readonly tensor: string; readonly index: number },
): void {
  const size = bytesPerElement[type];
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  const { buffer, byteOffset } = aligned;
  const count = bytes.length / size;
  const words = size === 4 ? new Uint32Array(buffer, byteOffset, count) : new Uint16Array(buffer, byteOffset, count);
  const exponent = exponentBits[type];
  for (let i = 0; i < words.length; i++) {
    if ((words[i]! & exponent) === exponent)
      throw new ModelError(
        `${at.file}: tensor "${at.tensor}" has no finite number as ${type} at index ${at.index + i}. ` +
          'The file is damaged, or its training went wrong: it cannot be used.',
      );
  }
}
