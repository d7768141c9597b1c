// Measures every method of adaptation on small parts of three shifts, the default on four more, and on five whose target has other shares. Runs in docs/adaptation-methods.json are skipped.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapt, adaptModel, evaluate, train } from "../../dist/index.js";
import { adaptations } from "../../dist/methods/adapt/index.js";
import { chooseMap } from "../../dist/regimes/adaptation/solve-maps.js";
import { epochs } from "./adaptation-page.mjs";
import { reviews } from "./domains.mjs";
import { listOf, subsets } from "./subsets.mjs";

/** Digits of each class for training and validation, and most for test. */
const drawn = { train: 85, validation: 15, most: 1000 };
/** The same in a run that takes seconds. */
const fewest = { train: 8, validation: 2, most: 40 };

/** Methods that learn from a source and have no other name. */
const names = Object.keys(adaptations).filter((name) => !adaptations[name].means && !adaptations[name].free);
/** Methods that choose a map: one run of "auto" measures all of them, since it solves all maps. */
const maps = names.filter((name) => adaptations[name].maps);
/** Methods that start from a model, and see no source. */
const free = ["shot-head", "shot"];
const trained = names.filter((name) => !adaptations[name].maps && name !== "source-only");

/** Source, target, options of the trainings, and methods of each shift. */
const shifts = [
  ["mnist", "usps", { base: "lenet", epochs }, ["auto", ...trained, ...free]],
  ["usps", "mnist", { base: "lenet", epochs }, ["auto", ...trained, ...free]],
  ["books", "kitchen", {}, ["auto", ...trained, ...free]],
  ["mnist", "mnist_m", {}, ["auto"]],
  ["kitchen", "books", {}, ["auto"]],
  ["dvd", "electronics", {}, ["auto", ...free]],
  ["electronics", "dvd", {}, ["auto"]],
  ["mnist", "usps, 15 : 85", {}, ["auto"]],
  ...["books", "dvd", "electronics", "kitchen"].map((name) => [name, `${name}, 15 : 85`, {}, ["auto"]]),
];
/** Ends the name of a target whose first half of the classes has 15 % of the samples. */
const unequal = ", 15 : 85";

const round = (x) => Number(x.toFixed(4));

/** Returns the rows of one run: its method beside source-only of the same network. */
function rowsOf(run, method, row) {
  const plain = { ...row, source_only: round(run.source_only.test.accuracy) };
  if (method !== "auto") return [{ ...plain, method, accuracy: round(run.test.accuracy) }];
  // A method with one map chooses by the same rule among source-only and that map.
  const [sourceOnly, ...others] = run.candidates;
  return maps.flatMap((name) => {
    const own = others.filter(({ map }) => adaptations[name].maps.includes(map.name));
    // A base of texts has no BatchNormalization.
    if (own.length === 0) return [];
    const kept = run.guard.refused === "differ" ? chooseMap([sourceOnly, ...own]) : sourceOnly;
    return { ...plain, method: name, accuracy: round(kept.target_accuracy) };
  });
}

/** Returns the rows of a method that learns from source and target. */
async function rowsOfAdapt(from, to, method, options, shift) {
  const run = await adapt(from, to, { ...options, method });
  return rowsOf(run, method, {
    shift,
    seed: options.seed,
    train: run.source.split.train,
    n: run.test.n,
    base: run.base.name,
    seconds: Math.round(run.seconds.total),
  });
}

/** Returns the row of a method that adapts a probe of the source to the target's training samples, without their labels. */
async function rowOfFree(source, target, method, { seed, threads, folder: out, smallest }) {
  const rows = readFileSync(target, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const write = (name, kept) => {
    const path = join(out, name);
    writeFileSync(path, `${kept.map((row) => JSON.stringify(row)).join("\n")}\n`);
    return path;
  };
  const isTest = ({ split }) => split === "test";
  const unlabelled = write(
    "target.jsonl",
    rows.filter((row) => !isTest(row)).map(({ label: _label, split: _split, ...inputs }) => inputs),
  );
  const test = write(
    "test.jsonl",
    rows.filter(isTest).map(({ split: _split, ...row }) => row),
  );
  const run = await train(source, { strategy: "probe", seed, threads, out: join(out, "source") });
  const adapted = await adaptModel(run.model, unlabelled, {
    ...(smallest && method === "shot" && { epochs: 1 }),
    ...{ method, seed, threads, out: join(out, "run") },
  });
  const scored = await Promise.all([run, adapted].map(({ model }) => evaluate(model, test, { threads })));
  const [before, after] = scored.map((one) => one.test);
  return {
    ...{ seed, train: rows.length - before.n, n: before.n, base: run.base.name },
    seconds: Math.round(adapted.seconds),
    source_only: round(before.accuracy),
    ...{ method, accuracy: round(after.accuracy) },
  };
}

/**
 * Writes a source, and a target in which the first half of the classes has 15 % of the samples. Out of one list, each gets every second sample
 * of a class.
 */
function otherShares(from, to, folder) {
  const read = (path) =>
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const [source, target] = [read(from), read(to)];
  const counted = (rows) => {
    const seen = new Map();
    return rows.map((row) => {
      const key = `${row.label} ${row.split}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return { row, number: seen.get(key) - 1 };
    });
  };
  const every = (rows, keeps) =>
    counted(rows).flatMap(({ row, number }) => (keeps(number, row) ? [row] : []));
  const isOne = from === to;
  const classes = [...new Set(target.map(({ label }) => label))].sort();
  const isRare = ({ label }) => classes.indexOf(label) < classes.length / 2;
  const own = isOne ? every(source, (i) => i % 2 === 0) : source;
  const others = isOne ? every(target, (i) => i % 2 === 1) : target;
  const write = (name, rows) => {
    const path = join(folder, name);
    writeFileSync(path, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
    return path;
  };
  // Of 17 samples, three: 15 % beside 85 %.
  const shares = every(others, (i, row) => !isRare(row) || [0, 6, 12].includes(i % 17));
  return [write("source.jsonl", own), write("other-shares.jsonl", shares)];
}

/** Measures missing runs one after the other. @param smallest true for a run of seconds that writes nothing */
export async function measureMethods(root, folder, { seeds, only = "", threads, smallest, onRow }) {
  const file = join(root, "docs/adaptation-methods.json");
  const rows = existsSync(file) && !smallest ? JSON.parse(readFileSync(file, "utf8")) : [];
  const cache = join(root, ".cache");
  const digits = (set, seed) =>
    listOf(folder, join(cache, "results"), set, { seed, ...(smallest ? fewest : drawn) });
  const domain = (name, seed) =>
    name in subsets
      ? digits(name, seed)
      : reviews(join(folder, "data/amazon_reviews"), name, join(cache, "domains"));
  for (const seed of seeds)
    for (const [source, target, options, methods] of shifts)
      for (const method of methods) {
        const shift = `${source} → ${target}`;
        if (smallest && !(source in subsets)) continue;
        if (!`${source}/${target}/${method}`.includes(only)) continue;
        if (rows.some((r) => r.shift === shift && r.method === method && r.seed === seed)) continue;
        const out = mkdtempSync(join(tmpdir(), "engraft-adaptation-"));
        const both = [await domain(source, seed), await domain(target.replace(unequal, ""), seed)];
        const [from, to] = target.endsWith(unequal) ? otherShares(...both, out) : both;
        const own = free.includes(method)
          ? [{ shift, ...(await rowOfFree(from, to, method, { seed, threads, folder: out, smallest })) }]
          : await rowsOfAdapt(
              from,
              to,
              method,
              {
                ...(method === "auto" ? {} : options),
                ...(smallest && method !== "auto" && { epochs: 1 }),
                ...{ seed, threads, out: join(out, "run") },
              },
              shift,
            );
        rmSync(out, { recursive: true, force: true });
        rows.push(...own);
        for (const row of own) console.log(JSON.stringify(row));
        if (smallest) continue;
        writeFileSync(file, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
        onRow();
      }
}
