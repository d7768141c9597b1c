/**
 * Yields results in the order of the inputs, and works ahead while the consumer is busy. Stopping early (break, throw, abort) waits
 * for no task and leaves no unhandled rejection.
 *
 * @param ahead largest number of tasks that run or wait for the consumer, at least 1
 */
export async function* inOrder<A, B>(
  inputs: Iterable<A>,
  ahead: number,
  work: (input: A) => Promise<B>,
): AsyncGenerator<B, void, void> {
  const waiting: Promise<B>[] = [];
  for (const input of inputs) {
    const result = work(input);
    // Marked as handled, since it is never awaited if an earlier task fails.
    result.catch(() => undefined);
    waiting.push(result);
    if (waiting.length >= Math.max(1, ahead)) yield await waiting.shift()!;
  }
  for (const result of waiting) yield await result;
}
