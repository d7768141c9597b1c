// Rows of `npm run bench -- coverage`: verdicts with baselines that need no pretrained model.
import { compareTrainings } from "../dist/evidence/index.js";
import { drawPredictions } from "./coverage-draws.mjs";

const sizes = [3, 5].flatMap((seeds) => [50, 300, 2000].map((n) => ({ n, seeds })));
/** Validation samples that choose the best baseline. */
const validationSamples = 50;

/** A verdict for transfer, from scratch and three baselines, whose validation scores may be known. */
const verdict = (d, { n, seeds, accuracies, known }) => {
  const [a, b, ...others] = drawPredictions(d, { n, seeds, accuracies, sds: [0.02, 0.02, 0, 0, 0] });
  const spread = (p) => p + Math.sqrt((p * (1 - p)) / validationSamples) * d.normal();
  const baselines = others.map(([scores], i) => ({
    ...{ name: `baseline ${i}`, scores },
    ...(known && { validation: spread(accuracies[2 + i]) }),
  }));
  return compareTrainings({ a, b, baselines, margin: 0 });
};

const row = (what, run) =>
  sizes.map(({ n, seeds }) => ({
    ...{ what, kind: "false-alarm", n, seeds, promised: [0, 0.07] },
    run: (d) => run(d, { n, seeds }),
  }));
const alike = [0.8, 0.8, 0.8, 0.8, 0.8];
const isDecided = ({ kind }) => ["better", "worse", "baseline better"].includes(kind);

export const verdictsWithBaselines = [
  ...row("verdict beside 3 baselines, all alike", (d, of) =>
    isDecided(verdict(d, { ...of, accuracies: alike, known: true })),
  ),
  ...row("verdict beside 3 baselines, all alike, no validation scores", (d, of) =>
    isDecided(verdict(d, { ...of, accuracies: alike, known: false })),
  ),
];
