/**
 * Yields results in the order of the inputs, with at most `ahead` computed at once: decoding overlaps with the
 * consumer's work. Stopping early (break, throw, abort) waits for nothing and leaves no unhandled rejection.
 *
 * @param ahead most tasks running, or finished and not yet consumed, at least 1
 */
export async function* inOrder<A, B>(
  inputs: Iterable<A>,
  ahead: number,
  work: (input: A) => Promise<B>,
): AsyncGenerator<B, void, void> {
  const waiting: Promise<B>[] = [];
  for (const input of inputs) {
    const result = work(input);
    // Marked as handled: if an earlier one fails, this one is never awaited.
    result.catch(() => undefined);
    waiting.push(result);
    if (waiting.length >= Math.max(1, ahead)) yield await waiting.shift()!;
  }
  for (const result of waiting) yield await result;
}
