// `npm run bench -- shares`: domains whose classes have other shares, on made features: what `adapt` keeps, and what `label-shift` sees.
import { draws } from "../dist/core/random.js";
import { mutualInformation } from "../dist/evaluate/index.js";
import { estimateLabelShift } from "../dist/methods/adapt/label-shift.js";
import { solveOnFeatures } from "../dist/regimes/adaptation/solve-maps.js";

export const bench = {
  about: "other shares of the classes: harm by the choice of adapt, and intervals of label-shift",
  needs: [],
  options: {
    draws: { type: "number", default: 200, about: "draws of each domain and number of classes" },
    samples: { type: "number", default: 400, about: "samples of source and of target" },
    part: { type: "string", default: "", about: "adapt or label-shift (default: both)" },
  },
  smallest: { draws: 1, samples: 120 },
};

export async function main({ json = false, part = "", ...options }) {
  const rows = {
    ...(part !== "label-shift" && { adapt: await choices(options, json) }),
    ...(part !== "adapt" && { "label-shift": intervals(options, json) }),
  };
  if (json) console.log(JSON.stringify(rows));
}

const percent = (count, of) => `${of === 0 ? "–" : ((100 * count) / of).toFixed(1)} %`;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Shares of the first class in the target; the other classes share the rest. */
const first = { 2: [0.5, 0.6, 0.7, 0.85, 0.95], 5: [0.2, 0.3, 0.4, 0.6, 0.8] };
const sharesOf = (classes, share) =>
  Array.from({ length: classes }, (_, k) => (k === 0 ? share : (1 - share) / (classes - 1)));

/**
 * Differences of the target: none, moved across the directions between the classes, and moved and stretched in any direction.
 * The source-only accuracy of the source is about 85 % for 2 classes and 72 % for 5, as of reviews and small pictures.
 */
const kinds = ["same", "moved", "far"];
const width = 32;
const apart = { 2: 2.2, 5: 2.8 };
/** Sizes of a move. */
const sizes = [0.6, 1, 1.5];

async function choices({ draws: count, samples }, json) {
  const found = [];
  for (const kind of kinds)
    for (const classes of [2, 5]) {
      const trials = [];
      for (let draw = 0; draw < count; draw++) {
        const share = first[classes][draw % 5];
        const size = sizes[Math.floor(draw / 5) % 3];
        trials.push(await choose({ kind, classes, share, size, samples, draw }));
      }
      const row = summary(kind, classes, trials);
      found.push(row);
      if (!json) print(`${kind}, ${classes} classes`, row);
    }
  const all = {
    draws: found.reduce((sum, row) => sum + row.draws, 0),
    ...Object.fromEntries(
      ["worse", "warned", "equal", "warnedEqual", "other"].map((key) => [
        key,
        found.reduce((sum, row) => sum + row[key], 0),
      ]),
    ),
  };
  if (!json)
    console.log(
      `all: worse by more than 2 points without a warning ${percent(all.worse, all.draws)}, with one ${percent(all.warned, all.other)} of the draws of another domain; warning at equal shares ${percent(all.warnedEqual, all.equal)}`,
    );
  return { rows: found, all };
}

const print = (name, row) =>
  console.log(
    `${name.padEnd(18)} source-only ${(100 * row.sourceOnly).toFixed(1)} %, gain ${(100 * row.gain).toFixed(1)} points, by the score of equal shares ${(100 * row.before).toFixed(1)}; worse by more than 2 points ${row.worse} of ${row.draws}, with a warning ${row.warned}, by the score of equal shares ${row.worseBefore}; warning at equal shares ${row.warnedEqual} of ${row.equal}; another domain ${row.other}`,
  );

/** A loss that counts. */
const loss = 0.02;

function summary(kind, classes, trials) {
  const isEqual = ({ share }) => Math.abs(share - 1 / classes) < 1e-9;
  const count = (holds) => trials.filter(holds).length;
  return {
    ...{ kind, classes, draws: trials.length },
    sourceOnly: mean(trials.map((one) => one.sourceOnly)),
    gain: mean(trials.map((one) => one.gain)),
    before: mean(trials.map((one) => one.before)),
    worse: count((one) => one.gain < -loss && !one.warned),
    warned: count((one) => one.gain < -loss && one.warned),
    worseBefore: count((one) => one.before < -loss),
    equal: count(isEqual),
    warnedEqual: count((one) => isEqual(one) && one.warned),
    other: count((one) => one.other),
  };
}

/** One source and one target, the choice of `adapt`, and that of a score which expects equal shares. */
async function choose({ kind, classes, share, size, samples, draw: seed }) {
  const draw = draws(seed, "shares", kind, classes);
  const world = worldOf(draw, { kind, classes, size });
  const equal = sharesOf(classes, 1 / classes);
  const shares = sharesOf(classes, share);
  const [most, few] = [Math.round(0.82 * samples), Math.round(0.18 * samples)];
  const parts = {
    source: { train: world(equal, most, false), validation: world(equal, few, false) },
    target: {
      train: world(shares, most, true),
      validation: world(shares, few, true),
      test: world(shares, 2000, true),
    },
  };
  const names = equal.map((_, k) => `class ${k}`);
  const domain = (own) => ({
    classes: names,
    items: Object.entries(own).flatMap(([part, { labels }]) =>
      labels.map((label, i) => ({ id: `${part} ${i}`, part, label })),
    ),
  });
  const features = (own) =>
    Object.fromEntries(Object.entries(own).map(([part, one]) => [part, one.features]));
  const {
    candidates,
    chosen,
    shares: found,
  } = await solveOnFeatures(
    { options: { seed } },
    { source: domain(parts.source), target: domain(parts.target) },
    ["none", "moments", "transport"],
    { source: features(parts.source), target: features(parts.target), body: { width } },
  );
  const right = ({ test }) => accuracyOf(test, parts.target.test.labels, classes);
  const sourceOnly = right(candidates[0]);
  const byEqual = candidates
    .filter((one) => one.source_accuracy >= candidates[0].source_accuracy - 0.03)
    .reduce((a, b) => (equalScore(b, classes) > equalScore(a, classes) ? b : a));
  return {
    share,
    sourceOnly,
    gain: right(chosen) - sourceOnly,
    before: right(byEqual) - sourceOnly,
    other: found.guard.refused === "differ",
    warned: found.absent !== undefined && chosen !== candidates[0],
  };
}

const equalScore = ({ source_accuracy, unlabelled }, classes) =>
  source_accuracy + mutualInformation(unlabelled, classes);

function accuracyOf(logits, labels, classes) {
  const right = labels.filter((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.every((z) => z <= row[label]);
  });
  return right.length / labels.length;
}

/** Returns a function that draws samples: normal rows around a mean for each class, changed by the kind of domain in the target. */
function worldOf(draw, { kind, classes, size }) {
  const normal = (length) => Float64Array.from({ length }, () => draw.normal());
  const means = Array.from({ length: classes }, () => normal(width));
  const distance = mean(
    means.flatMap((a, k) => means.slice(0, k).map((b) => Math.hypot(...a.map((v, d) => v - b[d])))),
  );
  for (const own of means) for (let d = 0; d < width; d++) own[d] *= apart[classes] / distance;
  const across = means.slice(1).map((own) => own.map((v, d) => v - means[0][d]));
  const direction = unit(kind === "moved" ? orthogonal(normal(width), across) : normal(width));
  const length = { same: 0, moved: 3.5 * size, far: 5 * size }[kind];
  const stretch = normal(width).map((v) => (kind === "far" ? Math.exp(0.4 * size * v) : 1));
  return (shares, count, isTarget) => {
    const features = new Float32Array(count * width);
    const labels = Array.from({ length: count }, () => classOf(draw, shares));
    labels.forEach((label, i) => {
      for (let d = 0; d < width; d++) {
        const x = means[label][d] + draw.normal();
        features[i * width + d] = isTarget ? stretch[d] * x + length * direction[d] : x;
      }
    });
    return { features, labels };
  };
}

/** Draws a class by its share. */
function classOf(draw, shares) {
  let rest = draw.uniform();
  const label = shares.findIndex((share) => {
    rest -= share;
    return rest < 0;
  });
  return label < 0 ? shares.length - 1 : label;
}

const dot = (a, b) => a.reduce((sum, v, d) => sum + v * b[d], 0);
const unit = (v) => v.map((x) => x / Math.sqrt(dot(v, v)));

/** The part of a vector that is orthogonal to others, by Gram and Schmidt. */
function orthogonal(vector, others) {
  const basis = [];
  const without = (v) => basis.reduce((rest, e) => rest.map((x, d) => x - dot(rest, e) * e[d]), v);
  for (const other of others) basis.push(unit(without(other)));
  return without(vector);
}

/** Shares of source and target, held-out answers, answers for the target, and the distance of the classes. */
const shifts = [
  { old: [0.5, 0.5], shares: [0.5, 0.5], held: 60, target: 60, spread: 1.5 },
  { old: [0.5, 0.5], shares: [0.5, 0.5], held: 150, target: 150, spread: 1.5 },
  { old: [0.5, 0.5], shares: [0.5, 0.5], held: 150, target: 150, spread: 0.7 },
  { old: [0.5, 0.5], shares: [0.8, 0.2], held: 60, target: 100, spread: 1.5 },
  { old: [0.5, 0.5], shares: [0.8, 0.2], held: 150, target: 150, spread: 1.5 },
  { old: [0.5, 0.5], shares: [0.97, 0.03], held: 150, target: 150, spread: 1.5 },
  { old: sharesOf(5, 0.2), shares: sharesOf(5, 0.2), held: 100, target: 100, spread: 1.5 },
  { old: sharesOf(5, 0.2), shares: [0.5, 0.2, 0.1, 0.1, 0.1], held: 100, target: 100, spread: 1.5 },
  { old: sharesOf(5, 0.6), shares: sharesOf(5, 0.2), held: 100, target: 100, spread: 1.5 },
];

/** Counts how often the intervals of all classes hold, and how often other shares are seen. */
function intervals({ draws: count }, json) {
  return shifts.map(({ old, shares, held, target, spread }, setting) => {
    let [hold, seen] = [0, 0];
    for (let seed = 0; seed < count; seed++) {
      const draw = draws(seed, "label-shift", setting);
      const found = estimateLabelShift({
        held: answers(draw, old, old, held, spread),
        target: answers(draw, old, shares, target, spread).logits,
        classes: old.length,
        seed,
      });
      if (found.intervals.every(([low, high], k) => low <= shares[k] && shares[k] <= high)) hold++;
      if (found.seen) seen++;
    }
    const name = (all) => all.map((share) => Math.round(100 * share)).join(" : ");
    if (!json)
      console.log(
        `${name(old)} to ${name(shares)}, ${held} held out, ${target} of the target, distance ${spread}: all intervals hold ${percent(hold, count)}, other shares seen ${percent(seen, count)}`,
      );
    return { old, shares, held, target, spread, draws: count, hold, seen };
  });
}

/** Logits whose log odds are right for the old shares: z_c ~ N(s² [c = y], s²) + ln π_c. */
function answers(draw, old, shares, count, spread) {
  const labels = [];
  const logits = new Float32Array(count * old.length);
  for (let i = 0; i < count; i++) {
    // Every class has a held-out sample.
    const label = shares === old && i < old.length ? i : classOf(draw, shares);
    labels.push(label);
    for (let k = 0; k < old.length; k++)
      logits[i * old.length + k] = spread * (draw.normal() + (k === label ? spread : 0)) + Math.log(old[k]);
  }
  return { logits, labels };
}
