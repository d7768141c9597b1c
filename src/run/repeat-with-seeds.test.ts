import { expect, test } from "vitest";
import type { EngraftEvent } from "../core/events/events.js";
import type { Context } from "./context.js";
import { trainWithSeeds } from "./repeat-with-seeds.js";

test("--seed 5 --seeds 3 trains with the seeds 5, 6 and 7, and so does the network from scratch", async () => {
  const events: EngraftEvent[] = [];
  const context = {
    options: { seed: 5, seeds: 3 },
    onEvent: (event: EngraftEvent) => events.push(event),
  } as unknown as Context;
  /** A training whose prediction is its seed. */
  const training = {
    first: 5,
    again: async ({ options }: Context, suffix: string) => {
      expect(suffix).toBe(` seed ${options.seed}`);
      return options.seed!;
    },
  };
  const { transfer, scratch, by_seed } = await trainWithSeeds(context, {
    ...{ transfer: training, scratch: training, metric: "accuracy" },
    scoreOf: (seed) => seed / 10,
    sharesOf: (seed) => [seed / 10],
  });
  expect(transfer).toEqual([5, 6, 7]);
  expect(scratch).toEqual([5, 6, 7]);
  const rows = [5, 6, 7].map((seed) => ({ seed, accuracy: seed / 10, scratch: seed / 10 }));
  expect(by_seed.runs).toEqual(rows);
  expect(events).toEqual(rows.map((row, k) => ({ event: "seed", number: k + 1, of: 3, ...row })));
});
