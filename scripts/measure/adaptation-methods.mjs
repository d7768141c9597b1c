// Measures every method of adaptation on small parts of three shifts, and the default on four more. Runs in docs/adaptation-methods.json are skipped.
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
];

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
        const [from, to] = [await domain(source, seed), await domain(target, seed)];
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
