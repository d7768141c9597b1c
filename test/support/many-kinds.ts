/** A made-up learning curve and a made-up diagnosis for the tests of their pages; their numbers come from the package's own evaluation. */

import { message, recipeFields } from "../../src/core/messages/message.js";
import { draws } from "../../src/core/random.js";
import type { CurveResult } from "../../src/core/results/curve.js";
import type { DiagnosisResult } from "../../src/core/results/diagnosis.js";
import { curveNotes, curveNoteWords } from "../../src/evidence/curve-words.js";
import { diagnoseLayers, freshLayers } from "../../src/evidence/diagnose-layers.js";
import { withSentences } from "../../src/evidence/diagnose-source.js";
import { diagnosisNotes, diagnosisNoteWords } from "../../src/evidence/diagnosis-words.js";
import { readCurve } from "../../src/evidence/learning-curve.js";

const base = { name: "vision-mini", sha256: "ab".repeat(32), license: "research only" };

const answers = (count: number, share: number, ...key: readonly (string | number)[]): boolean[] => {
  const d = draws(1, "many kinds", ...key);
  return Array.from({ length: count }, () => d.chance(share));
};

/** @param sizes to learn from: fewer than four follow no law */
export function exampleCurve(
  sizes: readonly number[],
  seeds: readonly number[] = [0, 1],
  metric: CurveResult["metric"] = "accuracy",
): CurveResult {
  const runs = sizes.flatMap((size) =>
    seeds.map((seed) => ({
      ...{ size, seed, run: `/runs/${size}`, seconds: { transfer: size / 100, scratch: size / 10 } },
      transfer: answers(200, 1 - 0.8 * size ** -0.5, "transfer", size, seed).map(Number),
      scratch: answers(200, 1 - 1.5 * size ** -0.3, "scratch", size, seed).map(Number),
    })),
  );
  const result: Omit<CurveResult, "notes" | "note_codes"> = {
    ...{ event: "result", task: "learning-curve", curve: "/runs/curve", data: "/data/flowers", base, seeds },
    ...{
      strategy: "finetune",
      classes: ["rose", "tulip"],
      unit: "pictures",
      test_items: 200,
      validation_items: 40,
      same_test: true,
      seconds: 9,
    },
    ...readCurve(runs, { what: "pictures", metric }),
    metric,
    runs: runs.map(({ size, seed, run }) => ({ size, seed, run, transfer: 0.5, scratch: 0.5 })),
  };
  const note_codes = curveNotes(result);
  return { ...result, notes: curveNoteWords(note_codes, result), note_codes };
}

/** @param groups of layers; keeping the first helps, keeping the last hurts */
export function exampleDiagnosis(groups: number, seeds: readonly number[] = [0, 1, 2]): DiagnosisResult {
  const named = Array.from({ length: groups }, (_, i) => ({
    ...{ group: i + 1, parameters: 100 * (i + 1), from: `stage${i}/conv.weight`, to: `stage${i}/norm.bias` },
  }));
  const variants = freshLayers(groups).map(({ side, groups: fresh }) => {
    const firstFresh = fresh > 0 && (side === "input" || fresh === groups);
    const lastFresh = fresh > 0 && (side === "output" || fresh === groups);
    const share = 0.7 - (firstFresh ? 0.35 : 0) + (lastFresh ? 0.2 : 0);
    return { side, groups: fresh, correct: seeds.map((seed) => answers(400, share, side, fresh, seed)) };
  });
  const told = diagnoseLayers(variants, named);
  const result: Omit<DiagnosisResult, "notes" | "note_codes"> = {
    ...{
      event: "result",
      task: "diagnosis",
      diagnosis: "/runs/diagnosis",
      data: "/data/flowers",
      base,
      seeds,
    },
    ...{ classes: ["rose", "tulip"], unit: "pictures", split: { train: 80, validation: 400 }, epochs: 2 },
    ...recipeFields([
      message("schedule", { name: "one-cycle" }),
      message("epochs-of-batches", { epochs: 2, batch: 8 }),
    ]),
    ...{ seconds: 9, forecast: { seconds: 8 } },
    ...told,
    runs: freshLayers(groups).flatMap((variant) => seeds.map((seed) => ({ ...variant, seed, seconds: 1 }))),
    source: withSentences({
      ...{ data: "/data/garden", n: 60, effective: 31.4 },
      classes: [
        { label: "rose", n: 30, weight: 1.7, weight_ci95: [1.2, 2.2], worth: told.all, words: "" },
        { label: "moss", n: 30, weight: 0.2, weight_ci95: [0.1, 0.3], words: "" },
      ],
    }),
  };
  const note_codes = diagnosisNotes(result);
  return { ...result, notes: diagnosisNoteWords(note_codes, result), note_codes };
}
