import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { scoredBy } from "../evaluate/metric-sums.js";
import { studentQuantile } from "../statistics/index.js";
import { compareStrategies } from "./compare-strategies.js";
import type { AnsweredRun } from "./strategy-differences.js";

/** "1101" as a score. */
const scoredOf = (right: string) => scoredBy({ metric: "accuracy", k: 1, values: Array.from(right, Number) });

/** A run that predicts the first `right` of `n` test items correctly, with the given validation score. */
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
    scored: scoredOf("1".repeat(right) + "0".repeat(n - right)),
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

test("the winner is the best on validation, even if another one is better on the test split", () => {
  const runs = [0, 1, 2].flatMap((seed) => [run("a", seed, 190, 0.8), run("b", seed, 150, 0.9)]);
  const { winner, rows } = compareStrategies(asked(runs, ["a", "b"]));
  expect(winner!.label).toBe("b");
  expect(winner!.next).toBe("a");
  expect(winner!.difference!.finding).toBe("worse");
  // 40 of 200 items only a has right, for every seed: half² = t²(0.95, 199) MS_items/(3 · 200), with
  // MS_items = 3 (200 · 0.2 · 0.8 + 1)/199, one pseudo-disagreement each way: half = 0.0568
  expect(winner!.words).toBe(
    "b has the best validation accuracy on average over 3 seeds. Its test accuracy is 75.0 %. b is worse than a by 20.0 points (95 % interval from −25.7 to −14.3 points; 3 trainings each, 200 test samples). Validation and test disagree: the validation part is too small to choose by, or more seeds are needed.",
  );
  expect(rows.map(({ label }) => label)).toEqual(["b", "a"]);
  // gain 0.2 of items where a alone is right, the same for each seed
  expect(rows[1]!.to_winner!.gain).toBeCloseTo(0.2, 12);
  expect(rows[1]!.to_winner!.ci95![0]).toBeCloseTo(-winner!.difference!.ci95![1], 12);
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

test("a strategy without a validation score is the last, wherever it is given", () => {
  const none = { validation: { n: 100, accuracy: Number.NaN, loss: Number.NaN } };
  const runs = [run("a", 0, 190, 0.8), run("b", 0, 190, 0.8, none), run("c", 0, 190, 0.9)];
  for (const labels of [
    ["a", "b", "c"],
    ["b", "a", "c"],
  ])
    expect(compareStrategies(asked(runs, labels)).rows.map(({ label }) => label)).toEqual(["c", "a", "b"]);
});

test("one seed has a mean and no interval over seeds; the difference says that it is one seed", () => {
  const { rows, winner } = compareStrategies(
    asked([run("a", 0, 150, 0.8), run("b", 0, 152, 0.7)], ["a", "b"]),
  );
  expect(rows[0]!.accuracy).toEqual({ mean: 0.75, sd: null, plus_minus: null, ci95: null });
  expect(winner!.words).toMatch(
    /In this one training each, a is 1\.0 point below b \(95 % interval from .*; one training each, 200 test samples\)\. Another training could differ: 3 seeds tell which strategy is better\.$/,
  );
});

test("one seed finds nothing better, however far apart the two are on its test items", () => {
  const { winner } = compareStrategies(asked([run("a", 0, 190, 0.9), run("b", 0, 100, 0.7)], ["a", "b"]));
  expect(winner!.difference!.p).toBeLessThan(1e-6);
  expect(winner!.difference!.finding).toBe("undecided");
});

test("p is corrected by Holm once, over the comparisons to the winner and to the baseline together", () => {
  const seeds = [0, 1, 2];
  const right = { a: 160, b: 140, c: 152, d: 158 };
  const runs = seeds.flatMap((seed) =>
    Object.entries(right).map(([label, n]) => run(label, seed, n, label === "a" ? 0.9 : 0.8)),
  );
  // The winner is a, the baseline b: a pair counts once, although it is in two rows.
  const { rows } = compareStrategies({ ...asked(runs, ["a", "b", "c", "d"]), baseline: "b" });
  const of = (label: string) => rows.find((row) => row.label === label)!;
  expect(of("a").to_baseline!.gain).toBe(-of("b").to_winner!.gain);
  expect(of("a").to_baseline!.p).toBe(of("b").to_winner!.p);
  const found = [
    of("b").to_winner!,
    of("c").to_winner!,
    of("d").to_winner!,
    of("c").to_baseline!,
    of("d").to_baseline!,
  ].sort((x, y) => x.p! - y.p!);
  const holm = found.map(({ p }, i) => Math.min(1, p! * (5 - i)));
  found.forEach(({ p_adjusted, comparisons }, i) => {
    expect(comparisons).toBe(5);
    expect(p_adjusted).toBeCloseTo(Math.max(...holm.slice(0, i + 1)), 12);
  });
});

/** Trainings of one method under several names: their accuracies vary by 5 points around 80 %. */
function sameMethod(r: number, strategies: number, seeds: number, n = 300) {
  const d = draws(r, "table");
  const hard = Array.from({ length: n }, () => d.uniform());
  const runs: AnsweredRun[] = [];
  for (let j = 0; j < strategies; j++)
    for (let k = 0; k < seeds; k++) {
      const p = 0.8 + 0.05 * d.normal();
      const right = hard.map((u) => ((d.chance(0.7) ? u : d.uniform()) < p ? "1" : "0")).join("");
      const ones = [...right].filter((c) => c === "1").length;
      runs.push(run(`s${j}`, k, ones, d.uniform(), { scored: scoredOf(right) }, n));
    }
  return asked(
    runs,
    Array.from({ length: strategies }, (_, j) => `s${j}`),
  );
}

test("eight names of one method at 3 seeds: none is better or worse", () => {
  // Each of these tables had a false "better" or "worse" when every comparison had its own variance and each column its
  // own Holm.
  for (const r of [0, 1, 6, 17, 20, 21, 23, 24, 29]) {
    const { rows } = compareStrategies(sameMethod(r, 8, 3));
    const findings = rows.flatMap(({ to_winner, to_baseline }) => [to_winner?.finding, to_baseline?.finding]);
    expect(findings).not.toContain("better");
    expect(findings).not.toContain("worse");
  }
});

test("two seeds decide nothing, nor do fewer than 20 test samples", () => {
  const of = (seeds: readonly number[], n: number) =>
    compareStrategies(
      asked(
        seeds.flatMap((seed) => [run("a", seed, n, 0.9, {}, n), run("b", seed, 0, 0.8, {}, n)]),
        ["a", "b"],
      ),
    ).winner!.difference!;
  expect(of([0, 1, 2], 20).finding).toBe("better");
  expect(of([0, 1], 2000)).toMatchObject({ finding: "undecided" });
  expect(of([0, 1], 2000).words).toContain("2 trainings each are too few to decide, 3 are needed");
  expect(of([0, 1, 2], 19)).toMatchObject({ finding: "undecided" });
  expect(of([0, 1, 2], 19).words).toContain("19 test samples are too few to decide, 20 are needed");
});

test("two that are right on the same items have no interval, and a sentence", () => {
  const runs = [0, 1, 2].flatMap((seed) => [run("a", seed, 150, 0.9), run("b", seed, 150, 0.8)]);
  const { difference, words } = compareStrategies(asked(runs, ["a", "b"])).winner!;
  expect(difference).toMatchObject({ gain: 0, ci95: null, p: 1, finding: "undecided" });
  expect(words).toMatch(
    /a and b are right on the same test samples \(3 trainings each, 200 test samples\)\.$/,
  );
});

test("a difference that was not shown can cost up to the end of its interval", () => {
  // Only a is right on 4 items, only b on 10, of 200 and for every seed.
  const [a, b] = ["1".repeat(4) + "0".repeat(10), "0".repeat(4) + "1".repeat(10)].map(
    (x) => x + "1".repeat(186),
  );
  const runs = [0, 1, 2].flatMap((seed) => [
    run("a", seed, 190, 0.9, { scored: scoredOf(a!), seconds: { total: 9, features: 4, training: 5 } }),
    run("b", seed, 196, 0.8, { scored: scoredOf(b!) }),
  ]);
  const { words, difference } = compareStrategies(asked(runs, ["a", "b"])).winner!;
  // Σ d² = 14, mean −0.03: half² = t²(0.95, 199) (14 + 1 − 200 · 0.03²)/(199 · 200)
  const half = studentQuantile(0.95, 199) * Math.sqrt((15 - 200 * 0.03 ** 2) / (199 * 200));
  expect(difference!.ci95![0]).toBeCloseTo(-0.03 - half, 10);
  expect(words).toContain(
    `Taking the quicker of them, a, could cost up to ${(100 * (0.03 + half)).toFixed(1)} points.`,
  );
  expect(words).not.toContain("loses nothing");
});

test("with three or more, the sentence counts those that differ from the winner, or names the smallest visible difference", () => {
  const table = (right: readonly number[], seeds = [0, 1, 2]) =>
    compareStrategies(
      asked(
        seeds.flatMap((seed) => right.map((n, j) => run(`s${j}`, seed, n, 0.9 - 0.1 * j))),
        right.map((_, j) => `s${j}`),
      ),
    ).winner!;
  expect(table([180, 120, 178, 60]).words).toMatch(
    /Of the 3 others, held against s0: 2 worse than it, 1 not told apart from it\.$/,
  );
  // All seeds agree: a difference d has MS_items = 3 (200 (d − d²) + 1)/199. Two comparisons to the winner, who is the baseline.
  const none = table([150, 149, 148]);
  const half = (d: number): number =>
    studentQuantile(0.975, 199) * Math.sqrt((200 * (d - d * d) + 1) / 199 / 200);
  expect(none.difference!.smallest).toBeCloseTo(half(0.005), 10);
  expect(none.words).toContain(
    "None of the 2 others can be told from s0: with 3 trainings each, differences below about",
  );
  expect(table([150, 149, 148], [0, 1]).words).not.toContain("others");
});

test("a later look at an enlarged comparison has wider intervals and needs a smaller p", () => {
  const runs = [0, 1, 2].flatMap((seed) => [run("a", seed, 150, 0.9), run("b", seed, 142, 0.8)]);
  const of = (look: number) => compareStrategies({ ...asked(runs, ["a", "b"]), look }).winner!.difference!;
  const [first, second] = [of(1), of(2)];
  expect(first.finding).toBe("better");
  expect([first.level, first.interval]).toEqual([undefined, undefined]);
  // All seeds agree, so t has 199 degrees of freedom at either level: 0.95, and 1 − 0.01/2 at the second look.
  expect(second.level).toBe(0.995);
  const half = (one: readonly [number, number]): number => (one[1] - one[0]) / 2;
  expect(half(second.interval!) / half(first.ci95!)).toBeCloseTo(
    studentQuantile(0.995, 199) / studentQuantile(0.95, 199),
    10,
  );
  expect(second.ci95).toEqual(first.ci95);
  expect(second.p_adjusted! / first.p_adjusted!).toBeCloseTo(0.05 / 0.005, 8);
  expect(second.finding).toBe("undecided");
  expect(second.words).toContain("99.5 % interval");
});

test("only common seeds are paired, and a strategy that always failed is a row without numbers", () => {
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

test("seeds that divide one pool: Nadeau and Bengio's interval, wider than that of independent test parts", () => {
  // 20 divisions of 100 items, 20 of them to test: gains of 3 and 7 items by turns.
  const runs = Array.from({ length: 20 }, (_, seed) => [
    run("a", seed, seed % 2 ? 17 : 13, 0.9, {}, 20),
    run("b", seed, 10, 0.8, {}, 20),
  ]).flat();
  const { winner } = compareStrategies({ ...asked(runs, ["a", "b"]), sameTest: false, rest: 80 });
  const { gain, ci95, samples } = winner!.difference!;
  expect(gain).toBeCloseTo(0.25, 12);
  expect(samples).toBe(20);
  // s² = 20 · 0.1² / 19; t(0.95, 19) = 2.093024 (table); 1/K + n_test/n_train = 1/20 + 20/80
  expect(ci95![1] - gain).toBeCloseTo(2.093024 * Math.sqrt((0.05 + 0.25) * ((20 * 0.01) / 19)), 6);
});

test("divisions whose gains are all the same have no interval", () => {
  const runs = [0, 1, 2].flatMap((seed) => [
    run("a", seed, 45, 0.9, {}, 50),
    run("b", seed, 40, 0.8, {}, 50),
  ]);
  const { winner } = compareStrategies({ ...asked(runs, ["a", "b"]), sameTest: false, rest: 200 });
  expect(winner!.difference).toMatchObject({ ci95: null, p: null, p_adjusted: null, finding: "undecided" });
  expect(winner!.words).toContain("too little was seen for an interval");
  expect(winner!.words).not.toContain("NaN");
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
  expect(winner!.words).toContain(
    "a has the best validation accuracy on average over 2 seeds, ranked by the one that all have.",
  );
});

test.each([
  ["map", "mAP"],
  ["miou", "mIoU"],
] as const)("strategies are compared by %s, the mean of each sample's share", (metric, name) => {
  const scored = (score: number, seed: number) => {
    const values = Array.from({ length: 40 }, (_, i) => score + Math.sin(100 * score * i + seed) / 50);
    return scoredBy({ metric, k: 1, values });
  };
  const runs = [0, 1, 2].flatMap((seed) =>
    [0.3, 0.5].map((score) => {
      const own = scored(score, seed);
      const named = { accuracy: Number.NaN, [metric]: own.value, loss: 1 };
      const test = { n: 40, macro_f1: Number.NaN, ...named };
      const more = { scored: own, test, validation: { n: 100, ...named } };
      return run(score === 0.3 ? "a" : "b", seed, 0, 0, more);
    }),
  );
  const { rows, winner } = compareStrategies(asked(runs, ["a", "b"]));
  const [first] = rows;
  expect(first).toMatchObject({ label: "b", accuracy: null, macro_f1: null, seeds: [0, 1, 2] });
  const mean = [0, 1, 2].reduce((sum, seed) => sum + scored(0.5, seed).value / 3, 0);
  expect(first![metric]!.mean).toBeCloseTo(mean, 12);
  expect(winner!.difference).toMatchObject({ gain: expect.closeTo(0.2, 2), finding: "better" });
  expect(winner!.words).toMatch(
    new RegExp(
      `^b has the best validation ${name} on average over 3 seeds\\. Its test ${name} is 0\\.\\d{3}\\. b is better than a by 0\\.\\d{3} of ${name} \\(`,
    ),
  );
});

test("decoders are chosen by the lower validation perplexity, which also chooses their epochs", () => {
  const decoder = (label: string, seed: number, accuracy: number, loss: number) => {
    const own = run(label, seed, 150, accuracy);
    return {
      ...own,
      test: { n: 200, accuracy: Number.NaN, token_accuracy: 0.75, loss },
      validation: { n: 100, accuracy: Number.NaN, token_accuracy: accuracy, loss },
      scored: scoredBy({
        metric: "token_accuracy",
        k: 2,
        values: Array.from({ length: 400 }, (_, i) => (i % 2 ? 4 : 3)),
      }),
    } as AnsweredRun;
  };
  const runs = [0, 1, 2].flatMap((seed) => [decoder("a", seed, 0.8, 2), decoder("b", seed, 0.7, 1.5)]);
  const { winner, rows } = compareStrategies(asked(runs, ["a", "b"]));
  expect(rows.map(({ label }) => label)).toEqual(["b", "a"]);
  expect(winner!.words).toContain("best validation perplexity");
});
