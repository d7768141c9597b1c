// One verdict is written as a line, in full, on the model card and in the JSON, in English and Chinese. All say the same.
import { expect, test } from "vitest";
import type { Verdict } from "../../src/core/events/events.js";
import {
  type ComparedTrainings,
  compareTrainings,
  type ScratchState,
} from "../../src/evidence/compare-trainings.js";
import { verdictEn } from "../../src/report/words/en/verdict.js";
import { verdictZh } from "../../src/report/words/zh/verdict.js";
import { exampleReport } from "../support/report-data.js";
import { classesCard } from "../support/run-kinds.js";

const samples = 60;
/** A training with so many right answers. Each seed is wrong on neighbouring samples. */
const training = (right: number, seed: number): number[] =>
  Array.from({ length: samples }, (_, i) => ((i * 7 + seed) % samples < right ? 1 : 0));

/** Gains in samples: clear, small, none, and negative. */
const gains: readonly (readonly [transfer: number, scratch: number])[] = [
  [54, 18],
  [36, 34],
  [36, 36],
  [18, 54],
];
const steps = (n: number) => ({ steps: n, seconds: n / 10 });
const efforts: readonly ScratchState["effort"][] = [
  undefined,
  { scratch: steps(400) },
  { transfer: steps(64), scratch: steps(400) },
  { transfer: steps(400), scratch: steps(400) },
  { transfer: steps(900), scratch: steps(400) },
];
const ends = [
  { learnt: true, ended: "stopped improving" },
  { learnt: true, ended: "budget" },
  { learnt: false, ended: "budget" },
  { learnt: false, ended: "diverged" },
] as const;
const rivals: readonly NonNullable<ComparedTrainings["baselines"]>[] = [
  [],
  [{ name: "TF-IDF with logistic regression", scores: training(58, 0), validation: 0.9 }],
  [{ name: "TF-IDF with logistic regression", scores: training(56, 2) }],
];

/** Every combination of gain, seeds, course of the training from scratch, known effort, baseline and margin. */
function* states(): Generator<ComparedTrainings> {
  for (const [a, b] of gains)
    for (const seeds of [1, 2, 3])
      for (const baselines of rivals) {
        const rows = (right: number, from: number) =>
          Array.from({ length: seeds }, (_, k) => training(right, from + k));
        const sides = { a: rows(a, 0), b: rows(b, 1), items: "texts", baselines };
        yield sides;
        yield { ...sides, b: sides.a };
        yield { ...sides, margin: 0.2 };
        yield { ...sides, groups: Array.from({ length: samples }, (_, i) => `g${i % 5}`) };
        for (const end of ends)
          for (const effort of efforts)
            yield { ...sides, scratch: { steps: 400, ...end, ...(effort && { effort }) } };
      }
}

/** What a text decides, by the first sentence that is found. */
const decisions = {
  "do not use": /Do not use this model yet|请先不要使用/,
  "saved time": /sav(es|ed) (training )?time|节省了(训练)?时间/,
  "not known": /How much transfer helped is not known|帮助了多少尚不清楚/,
  helped: /Transfer helped|迁移有帮助/,
  hurt: /Transfer hurt|迁移造成了损害/,
  "no difference": /No difference|没有值得注意的差别|的差别不超过/,
  same: /score the same on every|每个测试样本(上)?的得分都相同/,
  open: /Not told apart|Not decided|Other trainings could differ|Chance can explain|尚无定论|再次训练的结果可能不同|可能只是偶然/,
} as const;
const decisionOf = (text: string): string | undefined =>
  Object.entries(decisions).find(([, sentence]) => sentence.test(text))?.[0];

/** "saved time" needs a gain whose interval is above 0, and the known steps of both, of transfer no more. */
function isSaved({ kind, ci95, effort }: Verdict): boolean {
  if (kind !== "scratch not learnt" && kind !== "scratch improving") return false;
  const [own, other] = [effort?.transfer?.steps, effort?.scratch.steps];
  return ci95 !== null && ci95[0] > 0 && own !== undefined && other !== undefined && own <= other;
}

test("line, full text, card and JSON of a verdict decide the same, in English and Chinese", {
  tags: ["thorough"],
}, () => {
  const example = exampleReport();
  const found = new Map<string, number>();
  for (const options of states()) {
    const verdict = compareTrainings(options);
    const card = classesCard({ ...example, result: { ...example.result, verdict } });
    const json = JSON.parse(JSON.stringify(verdict)) as Verdict;
    const texts = {
      line: verdictEn.line(verdict),
      full: verdictEn.full(verdict),
      chineseLine: verdictZh.line(verdict),
      chineseFull: verdictZh.full(verdict),
      card: card.slice(card.indexOf("Did the transfer help?")).split("\n")[0]!,
      json: json.words,
    };
    const decision = decisionOf(texts.line);
    expect(
      Object.entries(texts).filter(([, text]) => decisionOf(text) !== decision),
      `${decision}: ${texts.line}`,
    ).toEqual([]);
    expect(decision === "saved time", texts.line).toBe(isSaved(json));
    found.set(`${verdict.kind}: ${decision}`, (found.get(`${verdict.kind}: ${decision}`) ?? 0) + 1);
  }
  expect([...found.keys()].sort()).toEqual([
    "baseline ahead: open",
    "baseline better: do not use",
    "better: helped",
    "equivalent: no difference",
    "no interval: open",
    "no interval: same",
    "one training: open",
    "scratch improving: not known",
    "scratch improving: saved time",
    "scratch not learnt: not known",
    "scratch not learnt: saved time",
    "undecided: open",
    "worse: hurt",
  ]);
});

test("a distillation names the teacher in the line and in the full text", () => {
  const scratch = { steps: 400, learnt: true, ended: "budget", effort: efforts[2]! } as const;
  const seeds = [0, 1, 2];
  const verdict = compareTrainings({
    a: seeds.map((k) => training(54, k)),
    b: seeds.map((k) => training(18, k + 1)),
    subject: "teacher",
    scratch,
  });
  for (const text of [verdictZh.line(verdict), verdictZh.full(verdict)]) {
    expect(text).toMatch(/^教师模型节省了训练时间/);
    expect(text).not.toContain("迁移");
  }
});
