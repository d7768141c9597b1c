// The result of a study is written on the screen, in JSON and on its page, in English and Chinese. All say the same.
import { expect, test } from "vitest";
import { studyLines } from "../../src/cli/render/render-report.js";
import { draws } from "../../src/core/random.js";
import type { ComparisonResult } from "../../src/core/results/comparison.js";
import type { CurveResult } from "../../src/core/results/curve.js";
import {
  type DiagnosedGroup,
  type DiagnosisResult,
  worthSentence,
} from "../../src/core/results/diagnosis.js";
import { scoredBy } from "../../src/evaluate/metric-sums.js";
import { diagnoseLayers, freshLayers } from "../../src/evidence/diagnose-layers.js";
import { groupWords } from "../../src/evidence/diagnosis-words.js";
import { type AnsweredRun, compareStrategies } from "../../src/evidence/index.js";
import { readCurve } from "../../src/evidence/learning-curve.js";
import { type StudyResult, studyPage } from "../../src/report/studies/study-sheets.js";
import { exampleComparison } from "../support/comparison-data.js";
import { exampleCurve, exampleDiagnosis } from "../support/many-kinds.js";

const plain = (page: string): string =>
  page
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&#39;", "'")
    .replaceAll("\u00a0", " ");

/** A screen has a plain minus, and breaks lines. */
const plainWords = (text: string): string => text.replaceAll("\u2212", "-").replace(/\s+/g, " ");
const onScreen = (result: StudyResult): string => plainWords(studyLines(result).join(" "));

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

test("a comparison decides the same on the screen, in JSON and on its page, in both languages", {
  tags: ["thorough"],
}, () => {
  const found = new Set<string>();
  for (const result of comparisons()) {
    const { difference, words } = result.winner!;
    const texts = {
      screen: onScreen(result),
      json: words,
      page: plain(studyPage(result)),
      chinese: plain(studyPage(result, "zh")).split("它的测试准确率为")[1]!.split("。")[1]!,
    };
    const sentence = difference!.sentence;
    expect(said(texts.json, findings), texts.json).toBe(sentence);
    expect(said(`${texts.chinese}。`, findings), texts.chinese).toBe(sentence);
    expect(texts.screen).toContain(plainWords(words));
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

test("a learning curve says the same of the samples that are needed, in both languages", {
  tags: ["thorough"],
}, () => {
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
          const chinese = plain(studyPage(result, "zh")).split("达到 ")[1]!.split("。")[0]!;
          expect(plain(studyPage(result))).toContain(english);
          expect(onScreen(result)).toContain(plainWords(english));
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

/** How sentences name the interval of a gain, by its code. */
const worths = {
  "few groups": /too few groups for an interval|组太少，无法给出区间/,
  identical: /right on the same (items|samples)|答对的样本完全相同/,
  "not shown": /, not shown|，未能证实/,
  shown: /, p |，p /,
  range: / to | 至 /,
} as const;
/** How sentences name the finding on a group of layers, by its code. */
const groupFindings = {
  "helps, hurts beside": /helps, and hurts only beside|有帮助，只在与损害更大/,
  "hurts beside": /hurts only beside|只在与损害更大/,
  "helps and hurts": /helps on one side and hurts|一侧有帮助，另一侧造成损害/,
  "no difference": /makes no difference|没有差别/,
  undecided: /is undecided|尚无定论/,
  helps: / helps:|：有帮助。/,
  hurts: / hurts:|：造成损害。/,
} as const;

/** Diagnoses of three groups of layers: by seeds, by validation samples and their groups, and by what each group is worth. */
function* diagnoses(): Generator<DiagnosisResult> {
  const example = exampleDiagnosis(3);
  const named = example.groups.map(({ group, parameters, from, to }) => ({ group, parameters, from, to }));
  for (const seeds of [1, 2, 3, 5])
    for (const samples of [15, 200, 2000])
      for (const groups of [undefined, 5])
        for (const worth of [
          [0, 0, 0],
          [0.3, 0, 0],
          [0.25, 0, -0.3],
          [-0.1, -0.2, 0],
          [0.02, 0.01, -0.02],
          // All predict nearly the same.
          [],
        ]) {
          const variants = freshLayers(3).map(({ side, groups: fresh }) => {
            const kept = worth.filter((_, i) => (side === "output" ? i < 3 - fresh : i >= fresh));
            const alike = worth.length === 0;
            const share = 0.5 + kept.reduce((sum, one) => sum + one, 0);
            const correct = Array.from({ length: seeds }, (_, seed) => {
              const [shared, own] = [draws(seed, "shared"), draws(seed, "own", side, fresh, worth.join())];
              return Array.from({ length: samples }, () => {
                if (!alike) return own.chance(share);
                return shared.chance(0.7) !== own.chance(0.004);
              });
            });
            return { side, groups: fresh, correct };
          });
          const groupOf =
            groups === undefined
              ? undefined
              : Array.from({ length: samples }, (_, i) => `group ${i % groups}`);
          yield { ...example, ...diagnoseLayers(variants, named, 0.01, groupOf), notes: [], note_codes: [] };
        }
  // Findings that no drawn example has: a group that hurts beside a worse one, and one with equal predictions.
  const [first, ...others] = example.groups as [DiagnosedGroup, ...DiagnosedGroup[]];
  const beside = { ...first.from_output, finding: "hurts", gain: -0.1, beside: 2 } as const;
  const same = {
    ...first.from_output,
    gain: 0,
    ci95: null,
    p: null,
    p_adjusted: null,
    finding: "undecided",
  } as const;
  for (const [sentence, output, input] of [
    ["hurts beside", beside, { ...first.from_input, finding: "undecided" }],
    ["helps, hurts beside", beside, { ...first.from_input, finding: "helps" }],
    [
      "helps and hurts",
      { ...first.from_output, finding: "hurts" },
      { ...first.from_input, finding: "helps" },
    ],
    ["undecided", same, same],
  ] as const) {
    const group = { ...first, sentence, from_output: output, from_input: input };
    yield { ...example, groups: [{ ...group, words: groupWords(group, 3) }, ...others] };
  }
}

test("a diagnosis says the same of each group of layers on the screen, in JSON and on its page, in both languages", {
  tags: ["thorough"],
}, () => {
  const found = new Set<string>();
  for (const result of diagnoses()) {
    const page = plain(studyPage(result));
    const chinese = plain(studyPage(result, "zh"));
    const screen = onScreen(result);
    expect(screen).toContain(plainWords(result.words));
    expect(page).toContain(result.words.replaceAll("\u00a0", " "));
    for (const group of result.groups) {
      const words = group.words.replaceAll("\u00a0", " ");
      expect(page).toContain(words);
      const inChinese = chinese.split(`第 ${group.group} 组，共 `)[1]!.split("。").slice(0, 2).join("。");
      expect(said(words, groupFindings), words).toBe(group.sentence);
      expect(said(`${inChinese}。`, groupFindings), inChinese).toBe(group.sentence);
      found.add(group.sentence);
      const sides = [group.from_output, group.from_input];
      const english = words.split(" points (").slice(1);
      const other = inChinese.split("个百分点（").slice(1);
      for (const [i, worth] of sides.entries()) {
        const sentence = worthSentence(worth);
        expect(said(english[i]!.split(")")[0]!, worths), words).toBe(sentence);
        expect(said(other[i]!.split("）")[0]!, worths), inChinese).toBe(sentence);
        found.add(sentence);
      }
    }
  }
  expect([...found].sort()).toEqual([...Object.keys(worths), ...Object.keys(groupFindings)].sort());
});

const sameSamples = "right on the same samples";
const fewGroups = "too few groups for an interval";
test("a table of a diagnosis says why a gain has no interval", () => {
  const result = exampleDiagnosis(2);
  const [first, second] = result.groups as [DiagnosedGroup, DiagnosedGroup];
  const without = {
    ...first.from_output,
    ci95: null,
    p: null,
    p_adjusted: null,
    finding: "undecided",
  } as const;
  const few = {
    ...result,
    groups: [{ ...first, from_output: { ...without, few_groups: true } as const }, second],
  };
  expect(plain(studyPage(few))).toContain(fewGroups);
  expect(onScreen(few)).toContain(fewGroups);
  expect(plain(studyPage(few))).not.toContain(sameSamples);
  const same = { ...result, groups: [{ ...first, from_output: without }, second] };
  expect(plain(studyPage(same))).toContain(sameSamples);
});

test("a table of a learning curve by R² writes gains as numbers, on the page as on the screen", () => {
  const result = exampleCurve([20, 40, 80, 160], [0, 1], "r2");
  const gain = result.sizes[0]!.gain.mean;
  const text = `+${gain.toFixed(3)}`;
  expect(gain).toBeGreaterThan(0);
  expect(plain(studyPage(result))).toContain(text);
  expect(onScreen(result)).toContain(text);
});
