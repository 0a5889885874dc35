import type { Configuration } from '../../configuration';
import { ModelError } from '../../modelError';
import type { Restore } from './architecture';

/**
 * llama.cpp keeps the two rows of a rotary pair next to each other, Hugging Face half a head apart. Takes the rows of each head
 * back.
 */
export const rotaryHalves = (of: 'num_attention_heads' | 'num_key_value_heads'): Restore => ({
  numbers(numbers, shape, configuration) {
    const half = rowsOfEach(shape, 2 * heads(configuration, of));
    return reordered(numbers, shape, (row) => {
      const within = row % (2 * half);
      return row - within + 2 * (within % half) + Math.floor(within / half);
    });
  },
});

/** llama.cpp keeps all queries, then all keys, then all values; GPT-NeoX and BLOOM have the three of each head together. */
export const headByHead: Restore = {
  numbers(numbers, shape, configuration) {
    const count = heads(configuration, 'num_attention_heads');
    const headRows = rowsOfEach(shape, 3 * count);
    return reordered(numbers, shape, (row) => {
      const [head, part] = [Math.floor(row / (3 * headRows)), Math.floor(row / headRows) % 3];
      return (part * count + head) * headRows + (row % headRows);
    });
  },
};

/** llama.cpp adds the 1 of Gemma's (1 + weight) when it converts. */
export const withoutOne: Restore = { numbers: (numbers) => numbers.map((each) => each - 1) };

/** GPT-2 keeps its projections as [in, out], llama.cpp as [out, in]. Biases stay as they are. */
export const transposed: Restore = {
  numbers(numbers, [rows, columns]) {
    if (rows === undefined || columns === undefined) return numbers;
    const result = new Float32Array(numbers.length);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) result[column * rows + row] = numbers[row * columns + column]!;
    return result;
  },
  shape: (shape) => [...shape].reverse(),
};

function heads(configuration: Configuration, of: 'num_attention_heads' | 'num_key_value_heads'): number {
  const all = configuration.count('num_attention_heads');
  return of === 'num_attention_heads' ? all : configuration.count(of, all);
}

/** How many rows each of so many parts has. @throws ModelError where they do not divide evenly. */
function rowsOfEach([rows = 0]: readonly number[], parts: number): number {
  if (rows % parts !== 0) throw new ModelError(`a projection of ${rows} rows cannot be cut into ${parts} equal parts.`);
  return rows / parts;
}

/** `from` tells which row becomes row `row`. */
function reordered(numbers: Float32Array, [rows = 0]: readonly number[], from: (row: number) => number): Float32Array {
  const width = numbers.length / rows;
  const result = new Float32Array(numbers.length);
  for (let row = 0; row < rows; row++) {
    const source = from(row) * width;
    result.set(numbers.subarray(source, source + width), row * width);
  }
  return result;
}
