import { expect, test } from "vitest";
import { type AnsweredRun, compareStrategies } from "./compare-strategies.js";

/** A run that answers the first `right` of `n` test items rightly, and is as good as told on the validation part. */
function run(
  label: string,
  seed: number,
  right: number,
  validation: number,
  more: Partial<AnsweredRun> = {},
  n = 200,
): AnsweredRun {
  return {
    label,
    seed,
    run: `runs/${label}-${seed}`,
    model: `runs/${label}-${seed}/model`,
    command: "engraft train",
    test: { n, accuracy: right / n, macro_f1: right / n, loss: 1 - right / n },
    validation: { n: 100, accuracy: validation, loss: 1 - validation },
    seconds: { total: 10 + seed, features: 4, training: 5 },
    peak_rss_mb: 300 + seed,
    model_bytes: 1000,
    trainable: { parameters: 10, total: 100 },
    epochs: 3,
    best_epoch: 2,
    recipe: ["head: 10 parameters"],
    test_looks: 0,
    right: "1".repeat(right) + "0".repeat(n - right),
    ...more,
  };
}

const entries = (...labels: string[]) => labels.map((label) => ({ label, strategy: label }));
const asked = (runs: readonly AnsweredRun[], labels: readonly string[]) => ({
  entries: entries(...labels),
  runs,
  failures: [],
  baseline: labels[0]!,
  sameTest: true,
});

test("the winner is the best on validation, even where another is better on the test part", () => {
  const runs = [0, 1, 2].flatMap((seed) => [run("a", seed, 190, 0.8), run("b", seed, 150, 0.9)]);
  const { winner, rows } = compareStrategies(asked(runs, ["a", "b"]));
  expect(winner!.label).toBe("b");
  expect(winner!.next).toBe("a");
  expect(winner!.difference!.finding).toBe("worse");
  // 40 of 200 items only a has right, for every seed: t(0.95, 199) · √((41 / 200 − 0.2²) / 200) = 0.0566
  expect(winner!.words).toBe(
    "b has the best validation accuracy, 90.0 % on average over 3 seeds. On the test part, b is worse than a by 20.0 points (95 % interval −25.7 to −14.3 points, p below 0.001, 3 seeds). Validation and test disagree: the validation part is too small to choose by, or more seeds are needed.",
  );
  expect(rows.map(({ label }) => label)).toEqual(["b", "a"]);
  // gain 0.2 of items where a alone is right, the same for each seed
  expect(rows[1]!.to_winner!.gain).toBeCloseTo(0.2, 12);
  expect(rows[1]!.to_winner!.ci95[0]).toBeCloseTo(-winner!.difference!.ci95[1], 12);
});

test("equal on validation accuracy: the lower loss wins, then the fewer trained parameters", () => {
  const small = { trainable: { parameters: 5, total: 100 } };
  const tied = { validation: { n: 100, accuracy: 0.8, loss: 0.5 } };
  const better = { validation: { n: 100, accuracy: 0.8, loss: 0.4 } };
  const runs = [run("a", 0, 150, 0.8, tied), run("b", 0, 150, 0.8, better)];
  expect(compareStrategies(asked(runs, ["a", "b"])).winner!.label).toBe("b");
  const same = [run("a", 0, 150, 0.8, tied), run("b", 0, 150, 0.8, { ...tied, ...small })];
  expect(compareStrategies(asked(same, ["a", "b"])).winner!.label).toBe("b");
});

test("one seed has a mean and no interval over seeds; the difference says that it is one seed", () => {
  const { rows, winner } = compareStrategies(
    asked([run("a", 0, 150, 0.8), run("b", 0, 152, 0.7)], ["a", "b"]),
  );
  expect(rows[0]!.accuracy).toEqual({ mean: 0.75, sd: null, plus_minus: null, ci95: null });
  expect(winner!.words).toContain("a is 1.0 point below b, which one training each cannot settle");
  expect(winner!.words).toContain("one seed");
});

test("one seed finds nothing better, however far apart the two are on its test items", () => {
  const { winner } = compareStrategies(asked([run("a", 0, 190, 0.9), run("b", 0, 100, 0.7)], ["a", "b"]));
  expect(winner!.difference!.p).toBeLessThan(1e-6);
  expect(winner!.difference!.finding).toBe("undecided");
});

test("p is corrected by Holm: sorted, times how many are left, never falling", () => {
  const seeds = [0, 1, 2];
  const right = { a: 160, b: 140, c: 152, d: 158 };
  const runs = seeds.flatMap((seed) =>
    Object.entries(right).map(([label, n]) => run(label, seed, n, label === "a" ? 0.9 : 0.8)),
  );
  const { rows } = compareStrategies(asked(runs, ["a", "b", "c", "d"]));
  const found = rows.flatMap(({ to_winner: to }) => (to ? [to] : [])).sort((x, y) => x.p - y.p);
  expect(found).toHaveLength(3);
  const holm = found.map(({ p }, i) => Math.min(1, p * (3 - i)));
  found.forEach(({ p_adjusted }, i) => {
    expect(p_adjusted).toBeCloseTo(Math.max(...holm.slice(0, i + 1)), 12);
  });
});

test("only seeds that both have are paired, and what failed everywhere is a row without numbers", () => {
  const runs = [run("a", 0, 150, 0.8), run("a", 1, 150, 0.8), run("b", 1, 140, 0.7)];
  const failed = (label: string, seed: number) => ({ label, seed, run: "", kind: "RunError", message: "no" });
  const { rows } = compareStrategies({
    ...asked(runs, ["a", "b", "c"]),
    failures: [failed("b", 0), failed("c", 0), failed("c", 1)],
  });
  expect(rows.map(({ label, seeds, failed: gone }) => [label, seeds, gone])).toEqual([
    ["a", [0, 1], []],
    ["b", [1], [0]],
    ["c", [], [0, 1]],
  ]);
  expect(rows[1]!.to_winner!.seeds).toBe(1);
  expect(rows[2]).toMatchObject({ accuracy: null, validation: null, seconds: null, trainable: null });
  expect(rows[2]!.to_winner).toBeUndefined();
});

test("seconds are with and without the features that all share; memory is the most of all seeds", () => {
  const { rows } = compareStrategies(asked([run("a", 0, 150, 0.8), run("a", 1, 150, 0.8)], ["a"]));
  expect(rows[0]!.seconds).toEqual({ total: 10.5, own: 6.5 });
  expect(rows[0]!.peak_rss_mb).toBe(301);
});

test("test parts that differ between seeds are compared within each seed", () => {
  const runs = [
    run("a", 0, 45, 0.9, {}, 50),
    run("b", 0, 35, 0.8, {}, 50),
    run("a", 1, 36, 0.9, {}, 40),
    run("b", 1, 30, 0.8, {}, 40),
  ];
  const { winner } = compareStrategies({ ...asked(runs, ["a", "b"]), sameTest: false });
  // (10/50 + 6/40) / 2
  expect(winner!.difference!.gain).toBeCloseTo(0.175, 12);
});

test("nothing came to its end: no winner", () => {
  expect(compareStrategies(asked([], ["a", "b"])).winner).toBeNull();
});

test("the winner's model is that of its best seed by validation", () => {
  const runs = [run("a", 0, 150, 0.8), run("a", 1, 140, 0.9), run("a", 2, 190, 0.85)];
  expect(compareStrategies(asked(runs, ["a"])).winner).toMatchObject({ seed: 1, model: "runs/a-1/model" });
});

test("a strategy that lacks the hard seed does not win by that", () => {
  const runs = [run("a", 0, 150, 0.9), run("a", 1, 150, 0.5), run("b", 0, 150, 0.8)];
  const { rows, winner } = compareStrategies(asked(runs, ["a", "b"]));
  expect(rows.map(({ label, validation }) => [label, validation!.accuracy])).toEqual([
    ["a", 0.7],
    ["b", 0.8],
  ]);
  expect(winner!.words).toContain("70.0 % on average over 2 seeds, ranked by the one that all have.");
});
