/** A made-up comparison for the tests of its report; its numbers come from the package's own evaluation. */

import { message } from "../../src/core/messages/message.js";
import { draws } from "../../src/core/random.js";
import type { ComparisonResult } from "../../src/core/results/comparison.js";
import { scoredBy } from "../../src/evaluate/metric-sums.js";
import { type AnsweredRun, compareStrategies } from "../../src/evidence/index.js";

/** @param metric whose value is a mean over the samples */
export function exampleComparison(
  labels: readonly string[],
  seeds: readonly number[],
  metric: "accuracy" | "map" | "miou" = "accuracy",
): ComparisonResult {
  const entries = labels.map((label) => ({ label, strategy: label }));
  const runs: AnsweredRun[] = seeds.flatMap((seed) =>
    labels.map((label, k) => {
      const d = draws(seed, "example comparison", k);
      const right = Array.from({ length: 120 }, () => (d.chance(0.6 + 0.1 * k) ? 1 : 0));
      const value = right.filter((c) => c === 1).length / 120;
      const score = { accuracy: Number.NaN, [metric]: value, loss: 1 - value };
      return {
        label,
        seed,
        run: `/runs/${label}-${seed}`,
        model: `/runs/${label}-${seed}/model`,
        command: `engraft train "./flowers" --strategy ${label}`,
        test: { n: 120, ...score, macro_f1: score.accuracy },
        validation: { n: 40, ...score },
        seconds: { total: 4 + 10 * k, features: 3, training: 1 + 10 * k },
        peak_rss_mb: 200 + 100 * k,
        model_bytes: 6_400_000,
        ...(k === 1 && { adapter_bytes: 12_000 }),
        trainable: { parameters: 10 ** (k + 2), total: 100_000 },
        epochs: 3 * k,
        best_epoch: k,
        recipe: [`head, ${k} parameters`],
        recipe_messages: [[message("group-head"), message("group-parameters", { parameters: k })]],
        test_looks: 0,
        scored: scoredBy({ metric, k: 1, values: right }),
      };
    }),
  );
  const failures = [
    { label: labels[0]!, seed: 9, run: "/runs/x", kind: "NumericError", message: "the loss became <large>" },
  ];
  return {
    event: "result",
    task: "comparison",
    comparison: "/runs/2026-01-31-flowers-comparison",
    data: "/home/me/flowers",
    base: { name: "vision-mini", sha256: "ab".repeat(32), license: "research only" },
    classes: ["rose", "tulip"],
    metric,
    split: { train: 100, validation: 40, test: 120 },
    seeds,
    same_test: true,
    ...compareStrategies({ entries, runs, failures, baseline: labels[0]!, sameTest: true }),
    baseline: labels[0]!,
    notes: ["The winner is chosen on 40 validation items a seed: few, and so easily by chance."],
    note_codes: ["few to choose by"],
    runs: runs.map(({ scored: _scored, ...run }) => run),
    failures,
    seconds: 60,
  };
}
