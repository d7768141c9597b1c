import type { Context } from "../context.js";

/** Most samples that a fit is timed on. */
const mostTimed = 200;

/** Forecasts the seconds of a fit on all samples of a run, from a fit on some of them: s = u N / n, u seconds on n of N samples. */
export async function secondsOfFit<C extends Pick<Context, "dataset" | "onEvent">>(
  context: C,
  fit: (few: C) => Promise<unknown>,
): Promise<number> {
  const { dataset } = context;
  const { items } = dataset;
  const n = Math.min(items.length, mostTimed);
  if (n === 0) return 0;
  const few = Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]!);
  const begin = performance.now();
  await fit({ ...context, dataset: { ...dataset, items: few }, onEvent: () => undefined });
  return ((performance.now() - begin) / 1000) * (items.length / n);
}
