import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { compareTrainings } from "./compare-trainings.js";

/** Scores of which a given number is right, the same samples first for everyone. */
const right = (n: number, correct: number): number[] =>
  Array.from({ length: n }, (_, i) => Number(i < correct));
/** Trainings that vary by a sample or two around a number of right predictions, wrong on samples of their own. */
function trainings(n: number, correct: readonly number[], key: string): number[][] {
  return correct.map((count, k) => {
    const row = right(n, n);
    const d = draws(3, key, k);
    for (let wrong = n - count; wrong > 0; ) {
      const i = d.integer(n);
      if (row[i] === 0) continue;
      row[i] = 0;
      wrong--;
    }
    return row;
  });
}

test("three trainings of each that agree tell that transfer helped, with both scores, interval and counts", () => {
  const verdict = compareTrainings({
    ...{
      a: trainings(300, [240, 242, 238], "a"),
      b: trainings(300, [180, 181, 179], "b"),
      items: "pictures",
    },
  });
  expect(verdict).toMatchObject({
    transfer: "positive",
    kind: "better",
    seeds: 3,
    items: 300,
    of: "trainings",
  });
  expect(verdict.gain).toBeCloseTo(0.2, 10);
  expect(verdict.words).toMatch(
    /^Transfer helped\. Transfer: 80\.0 % of the test pictures right; from scratch: 60\.0 % of the test pictures right: 20\.0 points more \(95 % confidence interval \+\d+\.\d to \+\d+\.\d; 3 trainings each, 300 test pictures\)\.$/,
  );
});

test("one training each never says that transfer helped, however large the gain", () => {
  const verdict = compareTrainings({ a: [right(2000, 1800)], b: [right(2000, 1400)] });
  expect(verdict).toMatchObject({ transfer: "inconclusive", kind: "one training", of: "models" });
  expect(verdict.words).toContain("In this one training, transfer is 20.0 points ahead of from scratch");
  expect(verdict.words).toContain("--seeds 3 tells whether transfer helps");
  expect(verdict.words).not.toMatch(/helped|hurt/);
});

test("one training of numbers does not decide either: R² 0.64 against 0.60 on 2,000 rows", () => {
  const d = draws(1, "r2");
  const shares = (r2: number) => Array.from({ length: 2000 }, () => 1 - (1 - r2) * d.normal() ** 2);
  const verdict = compareTrainings({ a: [shares(0.64)], b: [shares(0.6)], metric: "r2", items: "rows" });
  expect(verdict).toMatchObject({ transfer: "inconclusive", kind: "one training" });
});

test.each([
  ["map", "mAP"],
  ["miou", "mIoU"],
] as const)("a verdict by %s writes scores and differences as numbers", (metric, name) => {
  // Shares of a jackknife: some are below 0 or above 1.
  const shares = (score: number, key: string): number[][] =>
    [0, 1, 2].map((seed) => {
      const d = draws(4, key, seed);
      return Array.from({ length: 300 }, (_, i) => score + 0.9 * Math.sin(i) + 0.02 * d.normal());
    });
  const verdict = compareTrainings({
    ...{ a: shares(0.5, "a"), b: shares(0.3, "b"), metric, items: "pictures", validation: 0.3 },
  });
  expect(verdict).toMatchObject({ transfer: "positive", kind: "better" });
  expect(verdict.words).toMatch(
    new RegExp(
      `^Transfer helped\\. Transfer: ${name} 0\\.50\\d; from scratch: ${name} 0\\.30\\d: 0\\.\\d{3} of ${name} more \\(95 % confidence interval \\+0\\.\\d{3} to \\+0\\.\\d{3}; 3 trainings each, 300 test pictures\\)\\.$`,
    ),
  );
});

test("two trainings whose gains agree by luck are no verdict", () => {
  // Gains of 1.9 and 2.0 points on 2,000 samples.
  const [a, b] = [trainings(2000, [1638, 1640], "a"), trainings(2000, [1600, 1600], "b")];
  expect(compareTrainings({ a, b }).transfer).toBe("inconclusive");
});

test("a better bag of words is named, and the verdict is not that transfer helped", () => {
  const n = 1821;
  const of = (share: number, key: string) =>
    trainings(
      n,
      [0, 1, 2].map((k) => Math.round(n * share) + k - 1),
      key,
    );
  const [words] = of(0.83, "words");
  const verdict = compareTrainings({
    ...{ a: of(0.78, "a"), b: of(0.72, "b"), items: "texts" },
    baselines: [{ name: "TF-IDF with logistic regression", scores: words! }],
  });
  expect(verdict).toMatchObject({ transfer: "negative", kind: "baseline better" });
  expect(verdict.ahead).toMatchObject({ name: "TF-IDF with logistic regression", shown: true });
  expect(verdict.words).toMatch(
    /^Do not use this model yet: TF-IDF with logistic regression \(82\.9 % of the test texts right\), which needs no pretrained model, is \d\.\d points better/,
  );
  expect(verdict.words).not.toMatch(/helped/);
});

test("a bag of words that is ahead by chance keeps the verdict from saying helped", () => {
  const n = 300;
  const verdict = compareTrainings({
    ...{ a: trainings(n, [240, 241, 239], "a"), b: trainings(n, [180, 181, 179], "b"), items: "texts" },
    baselines: [{ name: "TF-IDF with logistic regression", scores: trainings(n, [242], "words")[0]! }],
  });
  expect(verdict).toMatchObject({ transfer: "inconclusive", kind: "baseline ahead" });
  expect(verdict.words).toContain("Chance can explain that lead.");
});

test("a run from scratch that learnt nothing makes the gain unknown", () => {
  const verdict = compareTrainings({
    ...{ a: trainings(300, [220, 221, 219], "a"), b: trainings(300, [57, 58, 56], "b"), items: "pictures" },
    scratch: { steps: 120, learnt: false },
  });
  expect(verdict).toMatchObject({ transfer: "inconclusive", kind: "scratch not learnt", scratch_steps: 120 });
  expect(verdict.words).toBe(
    "How much transfer helped is not known. Transfer: 73.3 % of the test pictures right. Training from scratch learnt nothing in its 120 steps: 19.0 % of the test pictures right, no better than always the most frequent class. Give it more steps with --scratch-steps.",
  );
});

const effort = { transfer: { steps: 64, seconds: 7.04 }, scratch: { steps: 1500, seconds: 140 } };
const ahead = {
  a: trainings(300, [240, 241, 239], "a"),
  b: trainings(300, [180, 178, 182], "b"),
  items: "pictures",
};

test("a run from scratch that stopped improving: transfer helped, with the steps of both", () => {
  const scratch = { steps: 1500, learnt: true, ended: "stopped improving", effort } as const;
  const verdict = compareTrainings({ ...ahead, scratch });
  expect(verdict).toMatchObject({
    transfer: "positive",
    kind: "better",
    scratch_ended: "stopped improving",
    effort,
  });
  expect(verdict.words).toMatch(/^Transfer helped\. /);
  expect(verdict.words).toMatch(
    / Transfer took 64 steps, from scratch 1,500 steps until it stopped improving\.$/,
  );
  const solved = compareTrainings({ ...ahead, scratch: { ...scratch, effort: { scratch: effort.scratch } } });
  expect(solved.words).toMatch(/ Training from scratch took 1,500 steps until it stopped improving\.$/);
});

const notKnown = /^How much transfer helped is not known\./;
test("a run from scratch that was still improving: transfer saves time, but the verdict is not that it helped", () => {
  const its = { transfer: effort.transfer, scratch: { steps: 400, seconds: 40.4 } };
  const scratch = { steps: 400, learnt: true, ended: "budget", effort: its } as const;
  const verdict = compareTrainings({ ...ahead, scratch });
  expect(verdict).toMatchObject({ transfer: "inconclusive", kind: "scratch improving" });
  expect(verdict.words).toMatch(
    /^Transfer saves training time\. Transfer: 80\.0 % of the test pictures right after 64 steps \(7\.0 s\); from scratch: 60\.0 % of the test pictures right after 400 steps \(40 s\), still improving: 20\.0 points more \(95 % confidence interval \+\d+\.\d to \+\d+\.\d; 3 trainings each, 300 test pictures\)\. More steps from scratch \(--scratch-steps\) would make the gain smaller\.$/,
  );
  expect(verdict.words).not.toMatch(/helped/i);
  // Fewer steps than the run: nothing was saved.
  const fewer = { ...scratch, steps: 20, effort: { ...its, scratch: { steps: 20, seconds: 2 } } };
  expect(compareTrainings({ ...ahead, scratch: fewer }).words).toMatch(notKnown);
});

test("without a significant gain, the verdict mentions a run from scratch that was still improving", () => {
  const scratch = { steps: 1000, learnt: true, ended: "budget", effort } as const;
  const still = " Training from scratch was still improving when its 1,000 steps were up.";
  const one = compareTrainings({ ...ahead, a: [ahead.a[0]!], b: [ahead.b[0]!], scratch });
  expect(one.kind).toBe("one training");
  expect(one.words).toContain(still);
  const hurt = compareTrainings({ ...ahead, a: ahead.b, b: ahead.a, scratch });
  expect(hurt).toMatchObject({ transfer: "negative", kind: "worse" });
  expect(hurt.words).toContain(still);
});

test("always one class from scratch: no sentence says that transfer helped", () => {
  // 60 of 300 are of the most frequent class, and from scratch every seed predicts that class.
  const always = Array.from({ length: 300 }, (_, i) => (i < 60 ? 1 : 0));
  for (const ended of ["budget", "stopped improving"] as const)
    for (const seeds of [1, 3]) {
      const a = ahead.a.slice(0, seeds);
      const scratch = { steps: 400, learnt: false, ended, effort };
      const { words, kind } = compareTrainings({ a, b: a.map(() => always), items: "pictures", scratch });
      expect(kind).toBe("scratch not learnt");
      expect(words).not.toContain("Transfer helped");
      // 240 of 300 are 80.0 %, and 60 of 300 are 20.0 %.
      expect(words).toContain(
        `${seeds === 1 ? "In this one training, transfer saved time" : "Transfer saves training time"}: 80.0 % of the test pictures right after 64 steps (7.0 s). Training from scratch was no better than always the most frequent class after 1,500 steps (140 s): 20.0 % of the test pictures right. How much transfer helps in the end is not known`,
      );
    }
  // A run from scratch with fewer steps than transfer shows nothing about time.
  const shorter = { ...effort, scratch: { steps: 60, seconds: 6 } };
  const { words } = compareTrainings({
    ...{ a: ahead.a.slice(0, 1), b: [always], items: "pictures" },
    scratch: { steps: 60, learnt: false, ended: "budget", effort: shorter },
  });
  expect(words).toMatch(notKnown);
});

test("the planned study is for the smallest gain that matters, not for the observed gain", () => {
  const [b, same, more] = [
    trainings(300, [230, 240, 250], "b"),
    trainings(300, [231, 239, 252], "same"),
    trainings(300, [233, 241, 254], "more"),
  ];
  const planned = [same, more].map((a) => compareTrainings({ a, b }));
  expect(planned.map(({ kind }) => kind)).toEqual(["undecided", "undecided"]);
  for (const { needed, words } of planned) {
    expect(needed?.worth).toBe(0.02);
    expect(words).toMatch(/four times in five\.$|not within reach here: choose by cost\.$/);
  }
});

test("identical trainings, one sample, few samples, one group: a sentence, no number that is none", () => {
  const same = trainings(300, [240, 240, 240], "x");
  const shares = [0, 1, 2].map((k) => Array.from({ length: 50 }, (_, i) => Math.sin(i + k)));
  const groups = Array.from({ length: 300 }, (_, i) => `g${i % 5}`);
  const verdicts = [
    compareTrainings({ a: same, b: same }),
    compareTrainings({ a: shares, b: shares, metric: "r2" }),
    compareTrainings({ a: [[1]], b: [[0]] }),
    compareTrainings({ a: trainings(12, [10, 9, 11], "a"), b: trainings(12, [3, 2, 4], "b") }),
    compareTrainings({ a: same, b: trainings(300, [200, 201, 202], "y"), groups }),
  ];
  expect(verdicts.map(({ kind }) => kind)).toEqual([
    "no interval",
    "no interval",
    "no interval",
    "no interval",
    "no interval",
  ]);
  expect(JSON.stringify(verdicts)).not.toMatch(/NaN|Infinity/);
  for (const { words } of verdicts) expect(words).not.toMatch(/NaN|undefined|null/);
  expect(verdicts[4]!.words).toContain("of 5 groups: too few for a confidence interval");
  expect(verdicts[3]!.words).toContain("Only 12 test items: nothing can be compared.");
});

test("trainings without an epoch better than their start are not called the same", () => {
  const scores = (right: number) => [Array.from({ length: 40 }, (_, i) => Number(i < right))];
  const compared = (a: number, b: number, keptStart: { readonly a: boolean; readonly b: boolean }) =>
    compareTrainings({
      ...{ a: scores(a), b: scores(b), subject: "teacher", items: "texts", repeatable: false },
      keptStart,
    });
  const both = compared(30, 30, { a: true, b: true });
  expect(both).toMatchObject({ decision: "untrained", transfer: "inconclusive" });
  expect(both.words).toBe(
    "No epoch improved on the start of the student with the teacher, nor of the student without it. Both are the same network before training: 75.0 % of the test texts right.",
  );
  expect(compared(30, 20, { a: false, b: true }).words).toMatch(
    /^No epoch improved on the start of the student without it: it is scored as before training\. In this one training, the teacher is 25.0 points ahead/,
  );
  expect(compared(30, 30, { a: true, b: false })).toMatchObject({ decision: "identical", kept_start: "a" });
});

test("a model without pretraining is compared with a baseline, and the verdict does not mention transfer", () => {
  const right = (share: number) => Array.from({ length: 100 }, (_, i) => Number(i < 100 * share));
  const over = (own: readonly number[], options = {}) =>
    compareTrainings({
      a: own.map(right),
      b: own.map(() => right(0.5)),
      subject: "model",
      against: "logistic regression",
      ...options,
    });
  const better = over([0.9, 0.91, 0.92]);
  expect(better).toMatchObject({ against: "logistic regression", kind: "better", transfer: "positive" });
  expect(better.words).toMatch(/^This model is better\. /);
  expect(over([0.2, 0.21, 0.22]).words).toMatch(/^This model is worse\. /);
  expect(over([0.9]).words).toMatch(/--seeds 3 tells whether this model is better\.$/);
  // Trees, a solved model and a last value are the same with every seed: the test rows decide.
  expect(over([0.9], { repeatable: "same" })).toMatchObject({ kind: "better", transfer: "positive" });
  const worse = over([0.2], { repeatable: "same" });
  expect(worse).toMatchObject({ kind: "worse", transfer: "negative", sentences: ["worse"] });
  const baselines = [{ name: "the word look-up table", scores: right(0.99), seconds: 2 }];
  const beaten = over([0.6, 0.61, 0.62], { baselines }).words;
  expect(beaten).toMatch(/^Do not use this model yet: the word look-up table \(.*\), which took 2\.0 s, is /);
  expect(beaten).toContain("This model is ahead only of logistic regression, by 11.0 points.");
});
