import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { constant } from "../optim/index.js";
import type { TrainingSession } from "../runtime/runtime.js";
import { runSteps, type StepFeeds, stepsPerBlock } from "./loop.js";

test("a block lasts about half a second, and is one step at least", () => {
  expect(stepsPerBlock(0.1)).toBe(5);
  expect(stepsPerBlock(2)).toBe(1);
  expect(stepsPerBlock(0.001)).toBe(64);
});

test("a large state makes blocks longer, so that moving it costs little, but not longer than 6.5 s", () => {
  // 200 MB take 0.12 s to move; 3 % of a step of 2 s is 0.06 s.
  expect(stepsPerBlock(2, 0.5, 200e6)).toBe(2);
  // 1.3 GB would ask for 13 steps of 2 s; three of them are under 6.5 s.
  expect(stepsPerBlock(2, 0.5, 1.3e9)).toBe(3);
  expect(stepsPerBlock(0.1, 0.5, 1e6)).toBe(5);
});

/** Lets everything run that does not wait for a step: the session answers without timers or files. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Returns a session that records its calls, a log of them, and a function that ends the running steps. */
function recordingSession() {
  const log: string[] = [];
  const waiting: (() => void)[] = [];
  const ids = (feeds: StepFeeds): string => [...(feeds["train.x"]!.data as Float32Array)].join("+");
  const session: Pick<TrainingSession, "steps" | "ahead"> = {
    ahead: async (feeds) => {
      expect(Object.keys(feeds)).toEqual(["train.x"]);
      log.push(`sent ${ids(feeds)}`);
      return { names: ["train.x"] };
    },
    steps: async (feeds, count, { ahead } = {}) => {
      log.push(
        `run ${ahead ? "what was sent" : ids(feeds)}, rates ${(feeds.rates!.data as Float32Array).length}`,
      );
      await new Promise<void>((resolve) => waiting.push(resolve));
      log.push("done");
      return { loss: float32([count], new Float32Array(count)) };
    },
  };
  return { log, session: session as TrainingSession, finish: () => waiting.shift()!() };
}

/** Steps with the numbers 0, 1, 2, … as data. */
async function* numbered(count: number): AsyncGenerator<StepFeeds> {
  for (let i = 0; i < count; i++) yield { "train.x": float32([1], [i]) };
}

test("the next block's data is sent while a block runs, and the schedule's numbers follow with its call", async () => {
  const { log, session, finish } = recordingSession();
  const run = runSteps({
    ...{ session, step: { perStep: ["train.x", "rates"] }, totalSteps: 3, from: 0, to: 3 },
    ...{ schedule: constant(), rates: [0.1], feeds: numbered(3), blockSeconds: 0 },
  });
  await settle();
  // Block 1 has not ended, and block 2 is there.
  expect(log).toEqual(["sent 0", "run what was sent, rates 1", "sent 1"]);
  finish();
  await settle();
  expect(log.slice(3)).toEqual(["done", "run what was sent, rates 1", "sent 2"]);
  finish();
  await settle();
  finish();
  expect((await run).steps).toBe(3);
  expect(log.slice(6)).toEqual(["done", "run what was sent, rates 1", "done"]);
});

test("a block that is cut short after its data was sent is sent anew", async () => {
  const { log, session, finish } = recordingSession();
  let end = 4;
  const run = runSteps({
    ...{ session, step: { perStep: ["train.x", "rates"] }, totalSteps: 4, from: 0, to: () => end },
    ...{ schedule: constant(), rates: [0.1], feeds: numbered(4), blockSeconds: 60 },
  });
  await settle();
  finish();
  await settle();
  // The second block has one step, since the first was not measured when it was taken; the third has the two others.
  expect(log.slice(-2)).toEqual(["run what was sent, rates 1", "sent 2+3"]);
  end = 3;
  finish();
  await settle();
  expect(log.at(-1)).toBe("run 2, rates 1");
  finish();
  expect((await run).steps).toBe(3);
});
