import type { ModelScores, strategyEn } from "../../../src/core/messages/strategy-en.js";
import { type Examples, nothing } from "./examples.js";

const probe = { accuracy: 0.55, samples: 40, unit: "pictures", low: 0.425, high: 0.669 } as const;
const classes = { samples: 40, unit: "texts", fewest: 7, class: "crack", from: 60 } as const;
const trials = { samples: 120, discriminative: 0.51, finetune: 0.52, probe: 0.5, error: 0.046 };

/** Validation scores of two models. */
export const models: ModelScores = {
  models: [
    { name: "finetune", score: 0.634 },
    { name: "ngram-probe", score: 0.686 },
  ],
  ...{ metric: "accuracy", samples: 150, error: 0.021 },
};

const chosen = {
  source: "north.csv",
  metric: "r2",
  score: 0.59,
  of_other: 0.61,
  rows: 30,
  folds: 5,
} as const;

export const strategyExamples: Examples<typeof strategyEn> = {
  "strategy-default": nothing,
  "requested-strategy": nothing,
  "base-cannot-be-fine-tuned": [{ why: "Round has no gradient" }],
  "adapted-to-target": [{ target: "web" }],
  "adapted-between-domains": [{ source: "shop", target: "web" }],
  "heads-on-one-body": [{ heads: 2 }],
  "learns-from-teacher": [{ teacher: "resnet50" }],
  "masked-modelling": nothing,
  "causal-modelling": nothing,
  "adapter-for-size": [{ millions: 135 }],
  "table-without-base": nothing,
  "folds-choose": nothing,
  "table-from-model": [{ model: "runs/one/model" }],
  "enough-samples": [{ samples: 50, from: 40 }],
  "few-samples": [{ samples: 30, from: 40 }],
  "enough-samples-of-classes": [classes],
  "few-samples-of-classes": [{ ...classes, unit: "pictures" }],
  "too-few-samples-to-plan": [{ samples: 2, unit: "pictures", classes: 3, needed: 4 }],
  "probe-accuracy": [probe],
  "probe-leaves-room": [{ ...probe, unit: "texts" }],
  "probe-leaves-little": [{ ...probe, left: 0.02 }],
  "budget-below-one-epoch": [{ seconds: 9, steps: 3, samples: 60, unit: "pictures", per_epoch: 8 }],
  "best-for-pictures": nothing,
  "best-for-clips": nothing,
  "probe-for-clips": nothing,
  "best-for-texts": nothing,
  "ngrams-for-texts": nothing,
  "ngrams-missing": nothing,
  "too-few-for-trials": [{ samples: 30, unit: "texts", from: 100 }],
  "too-few-groups-for-trials": [
    { groups: 1, unit: "clips", from: 10 },
    { groups: 4, unit: "clips", from: 10 },
  ],
  "trials-too-long": [{ time: "40 s", share: 0.25 }],
  "short-trainings": [
    { ...trials, finding: "no change" },
    { ...trials, discriminative: null, finding: "no change" },
    { ...trials, finding: "probe" },
    { ...trials, finding: "discriminative" },
    { ...trials, discriminative: undefined, ngrams: 0.82, finding: "ngram-probe" },
  ],
  "chosen-with-source": [
    { ...chosen, metric: "accuracy", kept: "pooled", other: "alone", lead: { value: 0.28, needed: 0.11 } },
    { ...chosen, kept: "pooled", other: "alone", lead: { value: 0.28, needed: 0.11 } },
    { ...chosen, kept: "alone", other: "pooled", lead: { value: 0.02, needed: 0.11 } },
    { ...chosen, kept: "alone", other: "pooled", lead: { value: 0.28, needed: null, groups: 4 } },
    { ...chosen, kept: "alone", other: "pooled", lead: { value: -0.01, needed: 0.11 } },
  ],
  "kept-by-validation": [
    { ...models, kept: "ngram-probe" },
    { ...models, kept: "ngram-probe", simpler: true },
    { ...models, kept: "ngram-probe", simpler: "pretrained" },
    { ...models, kept: "ngram-probe", losses: { best: "finetune", of_best: 0.29, of_kept: 0.28 } },
    { ...models, kept: "probe", few_groups: 1 },
    {
      ...{ ...models, models: models.models.map((one) => ({ ...one, best_of: 12, beside: 0.71 })) },
      kept: "finetune",
    },
    {
      ...{ ...models, models: [...models.models, { name: "network", score: 0.7 }] },
      ...{ of: ["network", "ngram-probe"], kept: "network" },
    },
    { ...models, metric: "r2", kept: "finetune" },
  ],
  "rate-for-small-base": [{ rate: 0.0037, usual: 0.001, usual_millions: 21.3, millions: 1.6 }],
  "rate-of-trials": [{ rate: 0.000625, usual: 0.0025, unit: "texts" }],
  "usual-rate": [{ rate: 0.001, millions: 23 }],
};
