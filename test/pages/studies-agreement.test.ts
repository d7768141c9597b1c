// The result of a study is written on the screen, in JSON and on its page, in English and Chinese. All say the same.
import { expect, test } from "vitest";
import { renderComparisonResult } from "../../src/cli/render/render-comparison.js";
import { renderCurveResult } from "../../src/cli/render/render-curve.js";
import { draws } from "../../src/core/random.js";
import type { ComparisonResult } from "../../src/core/results/comparison.js";
import type { CurveResult } from "../../src/core/results/curve.js";
import { scoredBy } from "../../src/evaluate/metric-sums.js";
import { type AnsweredRun, compareStrategies } from "../../src/evidence/index.js";
import { readCurve } from "../../src/evidence/learning-curve.js";
import { renderComparison } from "../../src/report/pages/comparison.js";
import { renderCurve } from "../../src/report/pages/curve-report.js";
import { exampleComparison } from "../support/comparison-data.js";
import { exampleCurve } from "../support/many-kinds.js";

const plain = (page: string): string =>
  page
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, "")
    .replaceAll("\u00a0", " ");

/** The first sentence that is found is what a text says. */
const said = (text: string, sentences: Readonly<Record<string, RegExp>>): string | undefined =>
  Object.entries(sentences).find(([, sentence]) => sentence.test(text))?.[0];

const findings = {
  worse: / is worse than | 差于 /,
  better: / is better than | 好于 /,
  same: / differ by nothing that matters|没有值得注意的差别/,
  identical: / are right on the same test samples|在每个测试样本上的得分都相同/,
  "one training": /In this one training each|各只训练了一次/,
  "few trainings": /trainings each are too few|次太少，至少需要/,
  "few samples": /test samples are too few|个测试样本太少，至少需要/,
  "many comparisons": /which chance can explain where|同时比较 \d+ 个差别时/,
  undecided: / fits what was seen|都符合所见/,
  "no interval": /too little was seen|数据太少，无法给出区间/,
} as const;

/** Comparisons of two or six strategies: by number of seeds, of test samples, and by how far they are apart. */
function* comparisons(): Generator<ComparisonResult> {
  const example = exampleComparison(["probe", "lora"], [0]);
  for (const labels of [
    ["a", "b"],
    ["a", "b", "c", "d", "e", "f"],
  ])
    for (const seeds of [1, 2, 3])
      for (const samples of [1, 15, 120, 400, 1000, 4000])
        for (const apart of [-0.3, -0.1, 0, 0.002, 0.015, 0.02, 0.03, 0.05, 0.3])
          for (const sameTest of [true, false]) {
            const runs = labels.flatMap((label, k) =>
              Array.from({ length: seeds }, (_, seed): AnsweredRun => {
                // Strategies that are close differ on few samples.
                const d = draws(seed, "agreement", Math.abs(apart) < 0.01 ? 0 : k, samples);
                const right = Array.from({ length: samples }, () =>
                  Number(d.chance(0.5 + apart * Math.min(k, 1))),
                );
                const [run] = example.runs;
                const scores = { accuracy: right.reduce((a, b) => a + b, 0) / samples, loss: 1 };
                return {
                  ...{ ...run!, label, seed, seconds: { total: 4 + k, features: 0, training: 4 + k } },
                  test: { ...run!.test, ...scores, n: samples },
                  validation: { n: 40, accuracy: 0.5 + Math.abs(apart) * (k === 0 ? 1 : 0.5), loss: 1 },
                  scored: scoredBy({ metric: "accuracy", k: 1, values: right }),
                };
              }),
            );
            const entries = labels.map((label) => ({ label, strategy: label }));
            const compared = compareStrategies({ entries, runs, failures: [], baseline: "a", sameTest });
            yield { ...example, ...compared, runs, failures: [], notes: [], note_codes: [] };
          }
}

test("a comparison decides the same on the screen, in JSON and on its page, in both languages", () => {
  const found = new Set<string>();
  for (const result of comparisons()) {
    const { difference, words } = result.winner!;
    const texts = {
      screen: renderComparisonResult(result).join(" ").replace(/\s+/g, " "),
      json: words,
      page: plain(renderComparison(result)),
      chinese: plain(renderComparison(result, "zh")).split("它的测试准确率为")[1]!.split("。")[1]!,
    };
    const sentence = difference!.sentence;
    expect(said(texts.json, findings), texts.json).toBe(sentence);
    expect(said(`${texts.chinese}。`, findings), texts.chinese).toBe(sentence);
    expect(texts.screen).toContain(words.replace(/\s+/g, " "));
    expect(texts.page).toContain(words.replaceAll("\u00a0", " "));
    // What is not decided has no finding, and what is has its interval on that side.
    const sure = sentence === "better" || sentence === "worse" || sentence === "same";
    expect(difference!.finding).toBe(sure ? sentence : "undecided");
    found.add(sentence);
  }
  expect([...found].sort()).toEqual(Object.keys(findings).sort());
});

const amounts = {
  "no law": /does not follow a power law|不服从幂律/,
  "levels off": /levels off at|处趋平/,
  "probably more than measured": /probably more than|可能需要/,
  "beyond the sizes": /extrapolated beyond|超出实测的/,
  "below the sizes": /extrapolated below|低于实测的/,
  "within the sizes": /about [\d,]+|约需/,
  "more than measured": /more than [\d,]+|需要 [\d,]+ .*以上/,
} as const;

test("a learning curve says the same of the samples that are needed, in both languages", () => {
  const found = new Set<string>();
  const sizes = [20, 40, 80, 160];
  const example = exampleCurve(sizes);
  for (const rate of [0.05, 0.3, 0.5, 0.9])
    for (const floor of [0, 0.15, 0.3])
      for (const target of [0.5, 0.7, 0.8, 0.9, 0.97])
        for (const seeds of [1, 3]) {
          const runs = sizes.flatMap((size) =>
            Array.from({ length: seeds }, (_, seed) => {
              const answers = (scale: number, way: string) => {
                const d = draws(seed, "curve", way, size, Math.round(100 * rate));
                const error = Math.min(1, floor + scale * size ** -rate);
                return Array.from({ length: 400 }, () => Number(!d.chance(error)));
              };
              return {
                ...{ size, seed, seconds: { transfer: 1, scratch: 2 } },
                ...{ transfer: answers(0.9, "transfer"), scratch: answers(1.6, "scratch") },
              };
            }),
          );
          const result: CurveResult = { ...example, ...readCurve(runs, { what: "pictures", target }) };
          const english = result.words;
          const chinese = plain(renderCurve(result, "zh")).split("达到 ")[1]!.split("。")[0]!;
          expect(plain(renderCurve(result))).toContain(english);
          expect(renderCurveResult(result).join(" ").replace(/\s+/g, " ")).toContain(english);
          const ways = chinese.split("：").slice(1).join("：").split("；");
          for (const [i, way] of (["transfer", "scratch"] as const).entries()) {
            const { sentence } = result.needed[way];
            expect(said(ways[i]!, amounts), `${sentence}: ${chinese}`).toBe(sentence);
            expect(english, sentence).toMatch(amounts[sentence]);
            found.add(sentence);
          }
        }
  expect([...found].sort()).toEqual(Object.keys(amounts).sort());
});
