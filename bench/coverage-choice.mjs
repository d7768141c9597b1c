// Rows of `npm run bench -- coverage`: which model a run keeps, and what it says of the base's features.
import { better } from "../dist/core/results/metric.js";
import { scoredBy } from "../dist/evaluate/metric-sums.js";
import { bestEpochOf } from "../dist/run/baselines/best-epoch.js";
import { chooseSimplest, compareByValidation } from "../dist/run/baselines/keep-best.js";
import { lowTransferability } from "../dist/tasks/classes/low-transfer.js";

const classes = 5;
const [margin, scale] = [2.2, 1.6];
const normals = (d, n) => Float64Array.from({ length: n }, () => d.normal());
const scored = (values) => scoredBy({ metric: "accuracy", k: 1, values });

/** Right answers and mean loss of logits `scale` (margin [class 0] + e). All samples are of class 0. */
function modelOf(name, n, noise) {
  const answers = [];
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const own = scale * (margin + noise(i * classes));
    const others = Array.from({ length: classes - 1 }, (_, k) => scale * noise(i * classes + k + 1));
    const most = Math.max(own, ...others);
    const sum = [own, ...others].reduce((all, z) => all + Math.exp(z - most), 0);
    answers.push(Number(own >= most));
    loss += (Math.log(sum) + most - own) / n;
  }
  const score = answers.reduce((all, right) => all + right, 0) / n;
  return { name, answers, validation: { score, loss } };
}

/**
 * A solved head, and a training that is just as good. Of e, 0.5 is the sample's, 0.25 the training's, 0.25 the epoch's, which has a correlation
 * with that of the epoch before.
 */
function models(d, n, epochs, correlation) {
  const [shared, ofTraining] = [normals(d, n * classes), normals(d, n * classes)];
  const head = modelOf("probe", n, (at) => (shared[at] + d.normal()) / Math.SQRT2);
  const ofEpoch = normals(d, n * classes);
  const all = Array.from({ length: epochs }, (_, epoch) => {
    if (epoch > 0)
      for (const [at, value] of ofEpoch.entries())
        ofEpoch[at] = correlation * value + Math.sqrt(1 - correlation ** 2) * d.normal();
    return modelOf("finetune", n, (at) => shared[at] / Math.SQRT2 + (ofTraining[at] + ofEpoch[at]) / 2);
  });
  const best = all.reduce((a, b) => (better(b.validation, a.validation) ? b : a));
  const fitted = {
    epochs: all.map(({ validation }, i) => ({ epoch: i + 1, validation })),
    ...{ bestEpoch: all.indexOf(best) + 1, best: best.validation },
  };
  return [head, { ...best, bestEpoch: bestEpochOf(fitted) }];
}

/** One standard error is exceeded by chance in 15.9 of 100 choices. */
const kept = [45, 150, 500].flatMap((n) =>
  [[1], [4], [12], [12, 0.7], [12, 0.9], [30, 0.9], [30, 0.97]].map(([epochs, correlation = 0]) => ({
    what: `a training is kept over a solved head that is as good, ${epochs === 1 ? "one epoch" : `the best of ${epochs} epochs`}${correlation > 0 ? `, neighbours with a correlation of ${correlation}` : ""}`,
    ...{ kind: "false-alarm", n, seeds: 1, promised: [0, 0.18] },
    run: (d) => {
      const both = models(d, n, epochs, correlation);
      const compare = compareByValidation({ metric: "accuracy", scored, samples: n, groups: undefined });
      return chooseSimplest(compare, both, both).model.name === "finetune";
    },
  })),
);

const low = [20, 30, 46, 100, 300].flatMap((n) =>
  [0.65, 0.75].map((p) => ({
    what: `"the base's features say little" of two equal classes, a probe that is right in ${100 * p} %`,
    ...{ kind: "false-alarm", n, seeds: 1, promised: [0, 0.05] },
    run: (d) => {
      const probe = Array.from({ length: n }, () => Number(d.chance(p)));
      return lowTransferability({ probe, majority: probe.map((_, i) => i % 2) }) !== undefined;
    },
  })),
);

export const choice = [...kept, ...low];
