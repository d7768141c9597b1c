import type { Tensor } from "../../core/tensor.js";
import type { Ahead, TrainingSession } from "../../runtime/runtime.js";
import type { FitOptions } from "../fit-options.js";
import type { StepFeeds } from "../loop.js";
import type { Batch } from "../objectives/objective.js";
import { feedNames } from "./state-names.js";
import type { Step } from "./step.js";

/** A step of one length, and the session that runs it. */
export interface Sized {
  readonly step: Step;
  readonly session: TrainingSession;
}

/** Feeds that were sent ahead to the session of their length. */
interface SizedAhead extends Ahead {
  readonly session: TrainingSession;
  readonly inner: Ahead;
}

/** Share of the memory that the steps of all lengths may use together. */
const memoryShare = 0.5;

/**
 * Returns the lengths that get a separate step: all, or if memory is short the longest and as many short ones as fit.
 * Batches in between are padded.
 * @param bytes of a step of the longest length
 */
export function lengthsInMemory(
  sizes: readonly number[],
  bytes: number,
  { memoryBytes, recompute }: Pick<FitOptions, "memoryBytes" | "recompute">,
): number[] {
  const ascending = [...sizes].sort((a, b) => a - b);
  const longest = ascending.at(-1)!;
  // With memory saving requested, only the step of the longest length is used.
  if (recompute === "on" || typeof recompute === "object") return [longest];
  let all = bytes;
  const kept = ascending.slice(0, -1).filter((size) => {
    all += (bytes * size) / longest;
    return memoryBytes === undefined || all <= memoryShare * memoryBytes;
  });
  return [...kept, longest];
}

/** A training whose steps have several lengths, each with its own graph over the same state. */
export class SizedTraining implements TrainingSession {
  readonly inputs;
  readonly outputs;
  readonly refuses: boolean;
  readonly ahead?: (feeds: StepFeeds, count: number) => Promise<SizedAhead>;
  private readonly opened = new Map<number, Promise<Sized>>();

  /**
   * @param longest the session that owns the state
   * @param sizes ascending
   * @param open loads the step of a length when it is first needed
   * @param fill pads missing values of an item
   * @param sources of the step's batches, which have one length in a step
   */
  constructor(
    private readonly longest: Sized,
    private readonly sizes: readonly number[],
    private readonly fill: number,
    private readonly open: (size: number) => Promise<Sized>,
    private readonly sources: readonly string[] = ["train"],
  ) {
    this.inputs = longest.session.inputs;
    this.outputs = longest.session.outputs;
    this.refuses = longest.session.refuses === true;
    this.opened.set(sizes.at(-1)!, Promise.resolve(longest));
    if (longest.session.ahead)
      this.ahead = async (feeds, count) => {
        const { session, feeds: own } = await this.of(feeds);
        const inner = await session.ahead!(own, count);
        return { names: inner.names, session, inner };
      };
  }

  /** Returns the step for feeds, stacked or not, and the feeds padded for it. */
  async of(feeds: StepFeeds): Promise<Sized & { readonly feeds: StepFeeds }> {
    const batches = this.sources.map(feedNames);
    const [{ x: first, labels: tags }] = batches as [Batch];
    const given = feeds[first]!.dims.at(-1)!;
    const perToken = feeds[tags]!.dims.at(-1)! > feeds[first]!.dims.at(-2)!;
    const size = this.sizes.find((s) => s >= given) ?? this.sizes.at(-1)!;
    let made = this.opened.get(size);
    if (!made) {
      made = this.open(size);
      this.opened.set(size, made);
    }
    if (given === size) return { ...(await made), feeds };
    const padded = batches.flatMap(({ x, labels, weights }): [string, Tensor][] => [
      [x, filledUp(feeds[x]!, given, size, this.fill)],
      ...(perToken
        ? [labels, weights].map((name): [string, Tensor] => [name, filledUp(feeds[name]!, given, size)])
        : []),
    ]);
    return { ...(await made), feeds: { ...feeds, ...Object.fromEntries(padded) } };
  }

  async steps(...[feeds, count, options]: Parameters<TrainingSession["steps"]>) {
    if (options?.ahead) {
      const { session, inner } = options.ahead as SizedAhead;
      return session.steps(feeds, count, { ...options, ahead: inner });
    }
    const one = await this.of(feeds);
    return one.session.steps(one.feeds, count, options);
  }

  async undo(): Promise<void> {
    await this.longest.session.undo?.();
  }

  readState(): ReturnType<TrainingSession["readState"]> {
    return this.longest.session.readState();
  }

  writeState(...given: Parameters<TrainingSession["writeState"]>): Promise<void> {
    return this.longest.session.writeState(...given);
  }

  evaluator(...given: Parameters<TrainingSession["evaluator"]>): ReturnType<TrainingSession["evaluator"]> {
    return this.longest.session.evaluator(...given);
  }

  sharing(...given: Parameters<TrainingSession["sharing"]>): Promise<TrainingSession> {
    return this.longest.session.sharing(...given);
  }

  dispose(): Promise<void> {
    return this.longest.session.dispose();
  }
}

/** Pads runs of `n` numbers to runs of `size`, with zeros by default. */
function filledUp({ dtype, dims, data }: Tensor, n: number, size: number, fill?: number): Tensor {
  const from = data as Int32Array;
  const runs = from.length / n;
  const out = new (from.constructor as Int32ArrayConstructor)(runs * size);
  if (fill !== undefined) out.fill(fill);
  for (let i = 0; i < runs; i++) out.set(from.subarray(i * n, (i + 1) * n), i * size);
  return { dtype, dims: [...dims.slice(0, -1), (dims.at(-1)! / n) * size], data: out } as unknown as Tensor;
}
