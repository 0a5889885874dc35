import type { Value } from './value';

/**
 * Everything the roots depend on, each value once and after all it depends on. Iterative: a deep model would overflow the stack.
 */
export function inOrder(roots: readonly Value[], dependenciesOf: (value: Value) => readonly Value[]): Value[] {
  const order: Value[] = [];
  const entered = new Set<Value>();
  const stack: { readonly value: Value; readonly dependencies: readonly Value[]; next: number }[] = [];
  const enter = (value: Value): void => {
    if (entered.has(value)) return;
    entered.add(value);
    stack.push({ value, dependencies: dependenciesOf(value), next: 0 });
  };
  for (const root of roots) {
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const dependency = top.dependencies[top.next++];
      if (dependency !== undefined) enter(dependency);
      else {
        order.push(top.value);
        stack.pop();
      }
    }
  }
  return order;
}
