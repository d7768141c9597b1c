// Measures what a file of feature sums tells of single samples, what fewer directions cost, and what one holder can do to a joint model:
// node scripts/measure/single-samples.mjs DATA [--base vision-open] [--samples 1000] [--directions 16,32,64] [--only tests|attacks|numbers|updates]
// DATA has a train and a test split. Members are drawn from the train split, evenly over the classes; 1,000 others are outside; the rest is
// what an attacker knows of the population, and what the directions are taken from. All tests are scored by the area under the ROC
// curve (AUC) over members and outside samples: 0.5 is guessing.
// Attacks: of sums of classes; of sums of numbers, which are 1 for the animals of CIFAR-10 and 0 for the other classes; and of FedAvg.
import { draws, permutation } from "../../dist/core/random.js";
import { rowsOf, wholeOf } from "../../dist/core/results/rows.js";
import { cholesky, choleskySolve } from "../../dist/linalg/cholesky.js";
import { multiply } from "../../dist/linalg/products.js";
import { averageRounds, averagesWithout, scaledRows } from "../../dist/methods/federated/average-rounds.js";
import { leaveOutHolders } from "../../dist/methods/federated/leave-out-holders.js";
import { harmfulUpdates, scoreUpdates } from "../../dist/methods/federated/score-updates.js";
import { rightOf, scoringOfClasses, scoringOfNumbers } from "../../dist/methods/federated/scoring.js";
import { implausibility } from "../../dist/methods/sums/check-sums.js";
import { fewDirections, strongestDirections } from "../../dist/methods/sums/directions.js";
import {
  addSums,
  collectClassSums,
  collectNumberSums,
  namesOf,
  withinScatter,
} from "../../dist/methods/sums/feature-sums.js";
import { solveSums } from "../../dist/methods/sums/solve-sums.js";
import { openMachine } from "../../dist/run/machine.js";
import { openTrunk } from "../../dist/run/setup.js";
import { disagreement, tangoInterval, wilsonInterval } from "../../dist/statistics/index.js";
import { openToCompute } from "../../dist/tasks/sums/open-to-compute.js";
import { startProgram } from "../start-program.mjs";

const { values, positionals } = startProgram(import.meta.url, {
  takes: "DATA",
  needs: ["data"],
  options: {
    base: { type: "string", default: "vision-open", about: "frozen base" },
    samples: { type: "number", default: 1000, about: "samples in the file" },
    directions: {
      type: "string",
      default: "",
      about: "directions, with commas (default half the root of the samples, 16, 32, 64)",
    },
    holders: { type: "number", default: 9, about: "honest holders beside the one that attacks" },
    validation: { type: "number", default: 200, about: "validation samples of the receiver" },
    match: { type: "string", default: "", about: "only attacks on classes whose name has this text" },
    only: { type: "string", default: "tests,attacks,numbers,updates", about: "parts to measure" },
  },
});
const data = await featuresOf(positionals[0], values.base);
const { width, classes } = data;
const [train, test] = ["train", "test"].map((part) =>
  drawn(data.places.filter((i) => (data.parts[i] === "test") === (part === "test"))),
);
console.log(
  `${data.places.length} samples of ${classes.length} classes, ${width} features by ${values.base}; test ${test.length}`,
);
if (values.only.includes("tests")) await tests();
if (values.only.includes("attacks")) await attacks();
if (values.only.includes("numbers")) await attacksOnNumbers();
if (values.only.includes("updates")) await attacksOnUpdates();

/** Computes the features of all samples. */
async function featuresOf(path, base) {
  const machine = await openMachine();
  const onEvent = () => {};
  const opened = await openToCompute(
    machine,
    path,
    { base },
    { strategy: "sums", folder: machine.platform.cacheDir() },
  );
  const { items, classes } = opened.opened;
  const trunk = await openTrunk(
    opened.base.opened,
    opened.runtime,
    machine.platform,
    { onEvent },
    opened.context.inputs,
  );
  const table = await trunk.features(items, { onEvent });
  const values = Float32Array.from(wholeOf(table));
  const { width } = table;
  table.close();
  await trunk.close();
  await opened.runtime.close();
  return {
    ...{ width, classes, values, places: [...items.keys()] },
    labels: items.map(({ label }) => label),
    parts: items.map(({ part }) => part),
  };
}

/** Returns places in a random order in which the classes alternate. */
function drawn(places) {
  const shuffled = permutation(places.length, 0, "single-samples").map((i) => places[i]);
  const rank = new Map();
  const order = shuffled.map((place) => {
    const label = data.labels[place];
    rank.set(label, (rank.get(label) ?? 0) + 1);
    return { place, rank: rank.get(label) };
  });
  return order.sort((a, b) => a.rank - b.rank).map(({ place }) => place);
}

function rowsAt(places) {
  const rows = new Float32Array(places.length * width);
  for (const [i, place] of places.entries())
    rows.set(data.values.subarray(place * width, (place + 1) * width), i * width);
  return rowsOf(rows, width);
}
function labelsAt(places) {
  return places.map((place) => data.labels[place]);
}
function sumsAt(places, options = {}, labels = labelsAt(places), names = classes) {
  return collectClassSums(rowsAt(places), labels, names, options);
}

/** Whether the head of some sums is right for each test sample. */
function rightBy(sums, names = classes) {
  const outputs = namesOf(sums).map((name) => names.indexOf(name));
  return rightOf({ rows: rowsAt(test), labels: labelsAt(test) }, { ...solveSums(sums), outputs });
}
function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}
function percent(value) {
  return `${(100 * value).toFixed(1)}`;
}

async function tests() {
  const { samples } = values;
  const [members, outside, known] = [
    train.slice(0, samples),
    train.slice(samples, samples + 1000),
    train.slice(samples + 1000),
  ];
  const population = await sumsAt(known);
  const before = rightBy(await sumsAt(members));
  const counts = values.directions
    ? values.directions.split(",").map(Number)
    : [...new Set([fewDirections(samples), 16, 32, 64])];
  console.log(`${members.length} members, ${outside.length} outside, ${known.length} of the population`);
  console.log(
    "directions   AUC: inverse  class mean  scatter   accuracy (95 % interval)   loss in points (95 % interval)",
  );
  for (const count of [undefined, ...counts]) {
    const directions = count && strongestDirections(population, count);
    const own = await sumsAt(members, { directions });
    const scores = membership(
      own,
      await sumsAt(known, { directions }),
      unitRows(members, directions),
      unitRows(outside, directions),
    );
    const right = rightBy(own);
    const table = disagreement(before, right);
    const loss = (table.onlyA - table.onlyB) / table.n;
    console.log(
      [
        String(count ?? `all ${width}`).padEnd(14),
        ...["inverse", "mean", "scatter"].map((name) => scores[name].toFixed(3).padStart(9)),
        `      ${percent(mean(right))} (${wilsonInterval(right.filter(Boolean).length, right.length).map(percent).join(" to ")})`,
        `      ${percent(loss)} (${tangoInterval(table).map(percent).join(" to ")})`,
      ].join(" "),
    );
  }
}

/** Unit rows along directions, with their classes. */
function unitRows(places, directions) {
  const dims = directions ? directions.length / width : width;
  const rows = Float64Array.from(wholeOf(rowsAt(places)));
  const z = directions ? new Float64Array(places.length * dims) : rows;
  if (directions) multiply(rows, places.length, width, directions, dims, z);
  for (let i = 0; i < places.length; i++) {
    const row = z.subarray(i * dims, (i + 1) * dims);
    const norm = Math.hypot(...row);
    row.forEach((value, t) => {
      row[t] = value / norm;
    });
  }
  return { z, dims, labels: labelsAt(places) };
}

/**
 * AUC of three tests for one sample z, each the best over a few ridges:
 * inverse: −zᵀ (S + δ I)⁻¹ z, which for a small δ is the distance to the span of the samples
 * mean: (z − m_c)ᵀ A (μ_c − m_c), scatter: (z − m_c)ᵀ A (S_W/N − C) A (z − m_c), A = (C + λ I)⁻¹, with mean m_c and scatter C of the population
 */
function membership(own, population, members, outside) {
  const { dims, count } = own;
  const means = (sums) =>
    classes.map((name) => {
      const its = sums.targets.classes.find((one) => one.name === name);
      return its.sum.map((value) => value / its.count);
    });
  const [mu, m] = [means(own), means(population)];
  const scaled = (sums) =>
    full(withinScatter(sums.scatter, sums.targets.classes, dims), dims, 1 / sums.count);
  const [inside, common] = [scaled(own), scaled(population)];
  const aucOf = (score) => auc(score(members), score(outside));
  const best = (list) => Math.max(...list);
  const inverse = best(
    [1e-9, 1e-6, 1e-3].map((delta) => {
      const factor = cholesky(
        ridge(full(withinScatter(own.scatter, [], dims), dims, 1), dims, (delta * count) / dims),
        dims,
      );
      return aucOf(({ z }) =>
        squares(z, choleskySolve(factor, dims, transposed(z, dims), z.length / dims), dims).map((v) => -v),
      );
    }),
  );
  const trace = Array.from({ length: dims }, (_, i) => common[i * dims + i]).reduce((a, b) => a + b, 0);
  const others = [0.01, 0.1].map((lambda) => {
    const factor = cholesky(ridge(common.slice(), dims, (lambda * trace) / dims), dims);
    const centred = ({ z, labels }) => z.map((value, p) => value - m[labels[Math.floor(p / dims)]][p % dims]);
    const whitened = (set) => choleskySolve(factor, dims, transposed(centred(set), dims), set.labels.length);
    const shift = mu.map((row, c) => row.map((value, t) => value - m[c][t]));
    const difference = inside.map((value, p) => value - common[p]);
    const scoresOf = (set) => {
      const n = set.labels.length;
      const w = transposed(whitened(set), n);
      const product = new Float64Array(n * dims);
      multiply(w, n, dims, difference, dims, product);
      const own = centred(set);
      const norms = rowwise(own, w, dims);
      return {
        mean: set.labels.map((label, i) => dot(w.subarray(i * dims, (i + 1) * dims), shift[label])),
        scatter: rowwise(w, product, dims).map((value, i) => value / norms[i]),
      };
    };
    const [a, b] = [scoresOf(members), scoresOf(outside)];
    return { mean: auc(a.mean, b.mean), scatter: auc(a.scatter, b.scatter) };
  });
  return {
    inverse,
    mean: best(others.map((one) => one.mean)),
    scatter: best(others.map((one) => one.scatter)),
  };
}

/** Returns a whole symmetric matrix, times a factor. */
function full(lower, n, factor) {
  const all = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) all[i * n + j] = all[j * n + i] = factor * lower[i * n + j];
  return all;
}
function ridge(matrix, n, value) {
  for (let i = 0; i < n; i++) matrix[i * n + i] += value;
  return matrix;
}
function transposed(values, columns) {
  const rows = values.length / columns;
  return Float64Array.from(values, (_, p) => values[(p % rows) * columns + Math.floor(p / rows)]);
}
function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
function rowwise(a, b, n) {
  return Array.from({ length: a.length / n }, (_, i) =>
    dot(a.subarray(i * n, (i + 1) * n), b.subarray(i * n, (i + 1) * n)),
  );
}
/** zᵀ A⁻¹ z of each row z. @param solved A⁻¹ Zᵀ */
function squares(z, solved, n) {
  return rowwise(z, transposed(solved, z.length / n), n);
}
function auc(members, outside) {
  const all = [...members.map((v) => [v, 1]), ...outside.map((v) => [v, 0])].sort((a, b) => a[0] - b[0]);
  let [wins, below] = [0, 0];
  for (const [, isMember] of all)
    if (isMember) wins += below;
    else below++;
  return wins / (members.length * outside.length);
}

/** Divides the training samples among the receiver, the honest holders, and the one that attacks. */
function divided() {
  const { holders: honest, validation: held } = values;
  const share = Math.floor((train.length - held) / (honest + 1));
  const partAt = (k) => train.slice(held + k * share, held + (k + 1) * share);
  return { honest, held, share, partAt, validation: train.slice(0, held) };
}

/** One of ten holders has a tenth of the samples, and changes them. */
async function attacks() {
  const { honest, held, share, partAt, validation } = divided();
  const holders = [];
  for (let k = 0; k < honest; k++) holders.push({ name: `${k}.sums`, sums: await sumsAt(partAt(k)) });
  const own = partAt(honest);
  const clean = await sumsAt(own);
  const others = holders.map(({ sums }) => sums).reduce(addSums);
  console.log(
    `${honest} honest holders of ${share} samples, one that attacks with ${share}; ${held} validation samples`,
  );
  console.log(
    `honest holders alone: ${percent(mean(rightBy(others)))} %; with the tenth honest as well: ${percent(mean(rightBy(addSums(others, clean))))} %`,
  );
  console.log("attack                          with it   points lost   after leaving out   left out, with p");
  const next = (label) => (label + 1) % classes.length;
  const draw = draws(0, "single-samples-attacks");
  const random = Float32Array.from({ length: share * width }, () => draw.normal());
  const named = classes.map((name) => `${name} `);
  const targets = (change) => ({ ...clean, targets: { classes: clean.targets.classes.map(change) } });
  const perClass = (make) => addAll(classes.map((_, c) => make(c)));
  const tried = {
    honest: clean,
    "labels of the next class": await sumsAt(own, {}, labelsAt(own).map(next)),
    "random labels": await sumsAt(
      own,
      {},
      labelsAt(own).map(() => draw.integer(classes.length)),
    ),
    "all labels are one class": await sumsAt(
      own,
      {},
      labelsAt(own).map(() => 0),
    ),
    "lengths times 1,000": targets((one) => ({ ...one, length: 1000 * one.length })),
    "sums times 1,000": targets((one) => ({ ...one, sum: one.sum.map((v) => 1000 * v) })),
    "the next class, times 1,000": scaled(await sumsAt(own, {}, labelsAt(own).map(next)), 1000),
    "random features": await collectClassSums(rowsOf(random, width), labelsAt(own), classes),
    "all at the next class's mean": await perClass((c) =>
      copies(holders[0].sums.targets.classes[next(c)].sum, c),
    ),
    "classes of their own": await sumsAt(own, {}, labelsAt(own), named),
    "the same, as classes of their own": await perClass((c) =>
      copies(holders[0].sums.targets.classes[c].sum, c, named),
    ),
    "their first class as their own": await sumsAt(
      own,
      {},
      labelsAt(own).map((label) => (label === 0 ? classes.length : label)),
      [...classes, named[0]],
    ),
    "all one class of their own": await sumsAt(
      own,
      {},
      own.map(() => 0),
      [named[0]],
    ),
    "each sample is a class": await sumsAt(
      own,
      {},
      [...own.keys()],
      own.map((_, i) => `own ${i}`),
    ),
  };
  const alone = mean(rightBy(others));
  for (const [name, sums] of Object.entries(tried).filter(([name]) => name.includes(values.match))) {
    const refused = implausibility(sums);
    if (refused) {
      console.log(`${name.padEnd(34)}refused: ${refused.slice(0, 80)}`);
      continue;
    }
    const names = [...new Set([...classes, ...namesOf(sums)])];
    const all = [...holders, { name: "attack.sums", sums }];
    const scoring = scoringOfClasses({ rows: rowsAt(validation), labels: labelsAt(validation), names });
    const found = await leaveOutHolders(all, undefined, scoring);
    const kept = all.filter((_, i) => !found[i].left_out).map((one) => one.sums);
    const left = all.flatMap(({ name }, i) =>
      found[i].left_out ? [`${name} (${found[i].validation.p.toPrecision(2)})`] : [],
    );
    const attacked = mean(rightBy(addSums(others, sums), names));
    console.log(
      `${name.padEnd(34)}${percent(attacked)}      ${percent(alone - attacked).padStart(5)}         ${percent(mean(rightBy(addAll(kept), names)))}                ${left.join(", ") || "none"}`,
    );
  }

  /** Sums of samples that are all one unit row. */
  function copies(direction, c, names = classes) {
    const rows = new Float32Array(Math.max(1, Math.floor(share / classes.length)) * width);
    for (let p = 0; p < rows.length; p++) rows[p] = direction[p % width];
    return collectClassSums(rowsOf(rows, width), new Array(rows.length / width).fill(c), names);
  }
}

/** One of ten holders of numbers changes them: 1 for animals and 0 for other things, along all features. */
async function attacksOnNumbers() {
  const animals = ["bird", "cat", "deer", "dog", "frog", "horse"];
  const { honest, share, partAt, validation } = divided();
  const numbersAt = (places) =>
    labelsAt(places).map((label) => Number(animals.includes(classes[label].replace(/^.*\//, ""))));
  const sumsOf = (places, y = numbersAt(places)) => collectNumberSums(rowsAt(places), y, ["animal"]);
  const scoringOf = (places) =>
    scoringOfNumbers({ rows: rowsAt(places), values: numbersAt(places), names: ["animal"] });
  const [here, held] = [scoringOf(validation), scoringOf(test)];
  const r2 = (sums) => mean([...held.scoresOf({ ...solveSums(sums), outputs: [0] })]);
  const holders = [];
  for (let k = 0; k < honest; k++) holders.push({ name: `${k}.sums`, sums: await sumsOf(partAt(k)) });
  const others = addAll(holders.map(({ sums }) => sums));
  const own = partAt(honest);
  const [y, draw] = [numbersAt(own), draws(0, "single-samples-numbers")];
  const tried = {
    honest: await sumsOf(own),
    "the opposite number": await sumsOf(
      own,
      y.map((v) => 1 - v),
    ),
    "random numbers": await sumsOf(
      own,
      y.map(() => draw.integer(2)),
    ),
    "all numbers are 1": await sumsOf(
      own,
      y.map(() => 1),
    ),
    "another unit: times 100": await sumsOf(
      own,
      y.map((v) => 100 * v),
    ),
  };
  console.log(
    `numbers: ${honest} honest holders of ${share} samples alone have R² ${r2(others).toFixed(3)} on ${test.length} test samples`,
  );
  console.log("attack                       R² with it   after leaving out   left out");
  for (const [name, sums] of Object.entries(tried)) {
    const all = [...holders, { name: "attack.sums", sums }];
    const found = await leaveOutHolders(all, undefined, here);
    const kept = all.filter((_, i) => !found[i].left_out).map((one) => one.sums);
    const left = all.filter((_, i) => found[i].left_out).map((one) => one.name);
    console.log(
      `${name.padEnd(28)} ${r2(addSums(others, sums)).toFixed(3).padStart(10)}   ${r2(addAll(kept)).toFixed(3).padStart(17)}   ${left.join(", ") || "none"}`,
    );
  }
}

/** One of ten clients of FedAvg has a tenth of the samples, and changes them. */
async function attacksOnUpdates() {
  const { honest, share, partAt, validation } = divided();
  const sums = await sumsAt(train);
  const scaled = (places) => scaledRows(rowsAt(places), sums);
  const clientOf = (places, change = (label) => label, times = 1) => ({
    rows: Float64Array.from(wholeOf(scaled(places)), (value) => times * value),
    labels: labelsAt(places).map(change),
  });
  const scoringOf = (places) =>
    scoringOfClasses({ rows: scaled(places), labels: labelsAt(places), names: classes });
  const [here, held] = [scoringOf(validation), scoringOf(test)];
  const outputs = [...classes.keys()];
  const accuracy = (weight) => mean(held.scoresOf({ weight, outputs }));
  const clients = Array.from({ length: honest }, (_, k) => clientOf(partAt(k)));
  const optionsOf = (all) => ({
    ...{ dims: width + 1, classes: classes.length, rounds: 20, localEpochs: 1, batch: 32, rate: 3 },
    order: (k, round, epoch) => permutation(all[k].labels.length, 0, "single-samples-order", k, round, epoch),
  });
  const trained = (all) => {
    const zero = new Float64Array((width + 1) * classes.length);
    let [before, after] = [zero, zero];
    for (const w of averageRounds(all, optionsOf(all))) [before, after] = [after, w.slice()];
    return { before, after };
  };
  const draw = draws(0, "single-samples-updates");
  const next = (label) => (label + 1) % classes.length;
  const own = partAt(honest);
  const tried = {
    honest: clientOf(own),
    "labels of the next class": clientOf(own, next),
    "random labels": clientOf(own, () => draw.integer(classes.length)),
    "all labels are one class": clientOf(own, () => 0),
    "next class, features times 10": clientOf(own, next, 10),
  };
  const alone = accuracy(trained(clients).after);
  console.log(
    `FedAvg: ${honest} honest clients of ${share} samples alone have ${percent(alone)} % after 20 rounds`,
  );
  console.log(
    "attack                          with it   points lost   without its last update   validation: with, without, p   named",
  );
  for (const [name, client] of Object.entries(tried)) {
    const all = [...clients, client];
    const { before, after } = trained(all);
    const scores = await scoreUpdates(all, optionsOf(all), here);
    const without = [...averagesWithout(all, before, after, optionsOf(all))].at(-1);
    const { with: its, without: rest, p } = scores.at(-1);
    const named = harmfulUpdates(scores).map((k) => (k === honest ? "the attack" : `client ${k}`));
    console.log(
      `${name.padEnd(32)}${percent(accuracy(after)).padStart(7)}   ${percent(alone - accuracy(after)).padStart(11)}   ${percent(accuracy(without)).padStart(23)}   ${`${percent(its)}, ${percent(rest)}, ${p.toFixed(4)}`.padStart(28)}   ${named.join(", ") || "none"}`,
    );
  }
}

function addAll(list) {
  return list[0] instanceof Promise
    ? Promise.all(list).then((sums) => sums.reduce(addSums))
    : list.reduce(addSums);
}
function scaled(sums, k) {
  const times = (list) => list.map((value) => k * value);
  return {
    ...sums,
    count: k * sums.count,
    scatter: times(sums.scatter),
    targets: {
      classes: sums.targets.classes.map(({ name, count, length, sum }) => ({
        name,
        count: k * count,
        length: k * length,
        sum: times(sum),
      })),
    },
  };
}
