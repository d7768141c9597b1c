import { expect, test } from "vitest";
import { message } from "../../core/messages/message.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import type { ReadSideRun } from "./read-side-run.js";
import { alignScores } from "./report-runs.js";

const scored = (right: string) => scoredBy({ metric: "accuracy", k: 1, values: Array.from(right, Number) });

const run = (given: {
  readonly right?: string;
  readonly shares?: readonly number[];
  readonly items?: readonly string[];
  readonly fingerprint?: string;
  readonly tested?: string;
  readonly names?: readonly string[];
  readonly status?: "done" | "stopped";
}): ReadSideRun => ({
  side: {
    ...{ run: "r", status: given.status ?? "done", command: "", data: "", seed: 0, epochs: 0 },
    ...{ machine: "", curve: [] },
  },
  learns: "image-classification",
  manifest: {} as ReadSideRun["manifest"],
  ...(given.right !== undefined && { scored: scored(given.right) }),
  ...(given.shares && {
    scored: { metric: "r2", n: given.shares.length, value: 0, shares: Float64Array.from(given.shares) },
  }),
  names: given.names ?? ["ant", "bee"],
  tested: {
    ...(given.fingerprint !== undefined && { fingerprint: given.fingerprint }),
    ...(given.tested !== undefined && { testFingerprint: given.tested }),
    items: given.items ?? [],
  },
});

const to = run({ right: "1100", items: ["a", "b", "c", "d"], fingerprint: "x", tested: "t" });

test("the same data and split is the same order", () => {
  expect(alignScores(to, run({ right: "0110", fingerprint: "x" }))).toEqual(scored("0110"));
});

test("the same items in another order are aligned by their hashes", () => {
  const one = run({ right: "0001", items: ["d", "b", "a", "c"], fingerprint: "y", tested: "t" });
  // d 0, b 0, a 0, c 1 in the order a, b, c, d
  expect(alignScores(to, one)).toEqual(scored("0010"));
  const numbers = { items: ["a", "b"], tested: "t", names: ["size"] };
  const own = run({ ...numbers, shares: [0.9, 0.8], fingerprint: "x" });
  const other = run({ ...numbers, shares: [0.25, 0.5], items: ["b", "a"], fingerprint: "y" });
  expect(alignScores(own, other)).toMatchObject({ metric: "r2", shares: Float64Array.of(0.5, 0.25) });
});

test("runs that cannot be paired give the reason", () => {
  const why = (given: Parameters<typeof run>[0]) => alignScores(to, run(given));
  expect(why({ status: "stopped" })).toEqual(message("run-not-done"));
  expect(why({ right: "1100", names: ["ant", "wasp"], fingerprint: "x" })).toEqual(message("other-classes"));
  expect(why({ right: "110", items: ["a", "e", "f"], fingerprint: "y", tested: "u" })).toEqual(
    message("test-samples-differ", { own: 3, other: 4, shared: 1 }),
  );
  expect(why({ right: "1", items: ["e"], fingerprint: "y", tested: "u" })).toEqual(
    message("test-samples-differ", { own: 1, other: 4, shared: 0 }),
  );
  expect(why({ right: "1100", items: ["a", "b", "c"], fingerprint: "y", tested: "t" })).toEqual(
    message("test-samples-repeat"),
  );
  expect(why({ right: "1100", fingerprint: "y" })).toEqual(message("test-samples-unknown"));
  expect(why({})).toEqual(message("predictions-not-kept"));
  expect(alignScores(run({ status: "stopped" }), to)).toEqual(message("other-run-not-done"));
});
