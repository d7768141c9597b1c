import type { FitOptions } from "../fit-options.js";
import { type LoopOptions, runSteps, type StepFeeds, stepsPerBlock } from "../loop.js";
import { StepSource } from "./step-source.js";

/**
 * Seconds of measured blocks: this share of the training within these bounds. A shared machine alternates between fast
 * and slow for some seconds; a short measurement sees only one of the two.
 */
const block = { share: 1 / 15, least: 1, most: 4 };
/** Seconds of warm-up: the first steps prepare data and are compiled. */
const warmUp = 0.25;
/** Steps that are read at once from an epoch to count shapes. */
const atOnce = 64;

/**
 * Measures the seconds of one step of an epoch. Two steps of each shape are measured individually. Short steps are also
 * measured in blocks, in the epoch's order, for a second or more.
 *
 * s = Σ over shapes (share of the epoch's steps) · s_shape · (measured / expected seconds of the blocks)
 *
 * The state changes: the caller must restore it.
 */
export async function measureSteps(
  {
    feeds,
    stepsPerEpoch,
    lengths,
    epochs,
  }: Pick<FitOptions, "feeds" | "stepsPerEpoch" | "lengths" | "epochs">,
  loop: Omit<LoopOptions, "from" | "to" | "feeds">,
): Promise<number> {
  const still = { ...loop, rates: loop.rates.map(() => 0) };
  const timed = async (steps: number, from: AsyncIterable<StepFeeds>): Promise<number> => {
    const begin = performance.now();
    // Rate 0, so that the measured steps cannot diverge.
    await runSteps({ ...still, from: 0, to: steps, feeds: from });
    return (performance.now() - begin) / 1000;
  };
  const order = lengths ? await shapesOf(feeds(0, 0)) : undefined;
  const single = new Map<string, number>();
  if (order)
    for (const [shape, row] of order.rows)
      single.set(shape, Math.min(await timed(1, once(row)), await timed(1, once(row))));
  else single.set("", Math.min(await timed(1, feeds(0, 0)), await timed(1, feeds(0, 0))));
  const expected = (steps: number): number => {
    let seconds = 0;
    for (let i = 0; i < steps; i++) seconds += single.get(order?.shapes[i] ?? "")!;
    return seconds;
  };
  const all = order?.shapes.length ?? stepsPerEpoch;
  const one = expected(all) / all;
  // Short steps run in blocks, which share the overhead of a call and prepare data in parallel, so blocks are measured.
  const seconds = Math.min(block.most, Math.max(block.least, block.share * epochs * all * one));
  const steps = Math.min(all, Math.floor(seconds / one));
  if (steps <= 1 || stepsPerBlock(one, undefined, loop.stateBytes) <= 1) return one;
  await timed(Math.min(steps, Math.ceil(warmUp / one)), feeds(0, 0));
  return (one * (await timed(steps, feeds(0, 0)))) / expected(steps);
}

/** Returns the shape of each step of an epoch, and a step of each shape. */
async function shapesOf(
  feeds: AsyncIterable<StepFeeds>,
): Promise<{ readonly shapes: readonly string[]; readonly rows: ReadonlyMap<string, StepFeeds> }> {
  const source = new StepSource(feeds);
  const shapes: string[] = [];
  const rows = new Map<string, StepFeeds>();
  for (;;) {
    const some = await source.take(atOnce);
    if (some.length === 0) return { shapes, rows };
    const shape = Object.values(some[0]!)
      .map(({ dims }) => dims.join())
      .join(";");
    if (!rows.has(shape)) rows.set(shape, some[0]!);
    for (const _ of some) shapes.push(shape);
  }
}

async function* once(row: StepFeeds): AsyncGenerator<StepFeeds> {
  yield row;
}
