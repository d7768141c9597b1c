// Measures real text encoders on real text sets, with few and with all labels: rows for the section "Texts" of
// docs/results.md.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { permutation } from "../../dist/core/random.js";
import { train } from "../../dist/index.js";
import { entriesOf, optionsOfEntry } from "../../dist/studies/compare/compare-entries.js";
import { loadSet } from "../text-mini/score.mjs";
import { textBases } from "./text-bases.mjs";

/** Fine-tuning on texts that change each epoch, or with mixed features, as in `engraft compare`. */
export const changes = [
  "finetune:augment=delete+swap",
  "finetune:augment=typo",
  "finetune:augment=mask",
  "finetune:mixup=0.2",
];
/**
 * Keeping the last epoch, as in the papers, with and without the pull to the initial weights. Its strength was chosen
 * on draws 20 to 25, 32 labels per class.
 */
export const keepLast = ["finetune:keep=last", "l2-sp:alpha=100:keep=last"];

/**
 * All measurements, the most informative first. `labels`: labelled texts per class (for entities: sentences) of a run
 * in total, a quarter of them for validation; `all`: the whole training split.
 */
const jobs = [
  { set: "zh_waimai_10k", base: "chinese-char-bilstm", strategies: ["probe", "finetune"] },
  { set: "text_sst2", base: "text-mini", strategies: ["probe", "finetune"] },
  { set: "zh_waimai_10k", base: "text-mini", strategies: ["probe", "finetune"] },
  { set: "zh_waimai_10k", base: "text-mini+chinese-char-bilstm", strategies: ["probe"] },
  { set: "text_banking77", base: "text-mini", strategies: ["probe", "finetune"] },
  { set: "text_sst2", base: "glove-50d-5k", strategies: ["probe", "finetune"] },
  { set: "text_sst2", base: "tinystories-260k", strategies: ["probe", "finetune"] },
  { set: "zh_ner_msra", base: "text-mini", strategies: ["probe", "finetune"] },
  { set: "zh_ner_msra", base: "chinese-char-bilstm", strategies: ["probe", "finetune"] },
  { set: "amazon_reviews", base: "text-mini", strategies: ["probe", "finetune"] },
  // Many weights, few labels: the case for adapters.
  ...["text_sst2", "zh_waimai_10k"].map((set) => ({
    ...{ set, base: "text-mini", strategies: ["lora"] },
    labels: ["8", "32", "128"],
  })),
  // Few labels: pairs of texts, and texts that change each epoch.
  ...["text_sst2", "zh_waimai_10k"].flatMap((set) => [
    { set, base: "text-mini", strategies: ["setfit"], labels: ["8", "32"] },
    { set, base: "text-mini", strategies: changes, labels: ["32"] },
    { set, base: "text-mini", strategies: keepLast, labels: ["8", "32", "128"] },
  ]),
];
const two = ["zh_waimai_10k", "text_sst2"];
/**
 * Order of measurements, the most informative for its time first; each up to a number of draws, of all sets, bases and
 * strategies unless some are named.
 */
const rounds = [
  { labels: "8", draws: 1 },
  { labels: "all", draws: 1, bases: ["chinese-char-bilstm"] },
  { labels: "32", draws: 1, sets: two },
  { labels: "8", draws: 5, sets: two },
  { labels: "32", draws: 3, sets: two },
  { labels: "all", draws: 1, sets: two },
  { labels: "32", draws: 1 },
  { labels: "128", draws: 1, sets: two },
  { labels: "8", draws: 10, sets: two },
  { labels: "32", draws: 10, sets: two },
  { labels: "8", draws: 10 },
  { labels: "32", draws: 10 },
  { labels: "128", draws: 10, sets: two },
  { labels: "128", draws: 3 },
  { labels: "all", draws: 3 },
  { labels: "32", draws: 20, sets: two, only: keepLast },
  { labels: "128", draws: 10, sets: two, only: ["lora"] },
  { labels: "8", draws: 20, sets: ["zh_waimai_10k"], only: ["probe", "finetune", "lora"] },
  ...["all", "128"].map((labels) => ({ labels, draws: 10, sets: ["text_sst2", "text_banking77"] })),
];
/** For entities, sentences instead of labels per class. */
export const sentences = { 8: 100, 32: 400, 128: 1600 };

export const readTextRows = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);

/**
 * Measures what is missing; each row is written when its training ends. It resumes after a kill.
 * @param cache folder of lists and bases
 * @param file of the rows
 * @param only part of `BASE/SET/STRATEGY/LABELS`
 * @param draws most draws
 */
export async function measureTexts({ folder, cache, file, only, draws: most, threads, onRow }) {
  const bases = textBases(folder, cache);
  for (const { labels, draws, sets, bases: some, only: few } of rounds)
    for (let draw = 0; draw < Math.min(draws, most ?? draws); draw++)
      for (const { set, base, strategies } of jobs.filter((job) => job.labels?.includes(labels) ?? true))
        for (const strategy of strategies) {
          if ((sets && !sets.includes(set)) || (some && !some.includes(base))) continue;
          if (few && !few.includes(strategy)) continue;
          if (!`${base}/${set}/${strategy}/${labels}`.includes(only)) continue;
          const of = { set, base, strategy, labels, draw };
          const rows = readTextRows(file);
          if (rows.some((row) => Object.entries(of).every(([key, value]) => row[key] === value))) continue;
          const row = await measured(folder, cache, of, bases[base], threads);
          rows.push(row);
          writeFileSync(`${file}.tmp`, `[\n${rows.map((r) => `  ${JSON.stringify(r)}`).join(",\n")}\n]\n`);
          renameSync(`${file}.tmp`, file);
          console.log(JSON.stringify(row));
          onRow?.(rows);
        }
}

const round = (x) => Number(x.toFixed(6));

async function measured(folder, cache, of, options, threads) {
  const { set, strategy, labels, draw, base } = of;
  const entities = set === "zh_ner_msra";
  const out = mkdtempSync(join(tmpdir(), "engraft-results-"));
  // Predictions for each word need no pooling.
  const { pooling, ...read } = options;
  const entries = entriesOf([strategy]);
  try {
    // The bundled base is also compared with the same network from scratch, TF-IDF with logistic regression, and both
    // together.
    const beside = base === "text-mini" && strategy === "finetune";
    const { test, baselines, seconds, split, epochs, best_epoch } = await train(
      (entities ? sentencesOf : textsOf)(folder, cache, set, labels, draw),
      {
        ...read,
        ...(!entities && pooling && { pooling }),
        task: entities ? "token-classification" : "text-classification",
        ...optionsOfEntry(entries[0], {}, entries),
        seed: draw,
        baselines: beside,
        seeds: 1,
        ...(threads && { threads }),
        out: join(out, "run"),
      },
    );
    const scored = ({ test: one, seconds: took }) => ({
      [entities ? "f1" : "accuracy"]: round(entities ? one.f1 : one.accuracy),
      ...(took !== undefined && { seconds: Math.round(took) }),
    });
    const { scratch, tf_idf: words, hybrid, lookup } = baselines ?? {};
    return {
      ...of,
      train: split.train,
      validation: split.validation,
      n: test.n,
      ...scored({ test }),
      seconds: Math.round(seconds.total - (scratch?.seconds ?? 0) - (words?.seconds ?? 0)),
      epochs,
      best_epoch,
      ...(beside && scratch && { scratch: scored(scratch) }),
      ...(beside && words && { tf_idf: scored(words) }),
      ...(beside && hybrid && { hybrid: scored(hybrid) }),
      ...(lookup && { lookup: scored(lookup) }),
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Lines of a file, `label TAB text`. */
const linesOf = (path) =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line.includes("\t"))
    .map((line) => ({
      label: line.slice(0, line.indexOf("\t")),
      text: line.slice(line.indexOf("\t") + 1),
    }));

/** label -> texts, each once */
function byLabel(rows) {
  const texts = new Map();
  for (const { label, text } of rows)
    if (text.trim() !== "") texts.set(label, (texts.get(label) ?? new Set()).add(text.trim()));
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Writes the list of one draw: texts per class by the draw, a quarter of them for validation; the whole test split.
 * `all`: the whole training split, with the set's own validation split if it has one.
 */
function textsOf(folder, cache, set, labels, draw) {
  const at = (part) => join(folder, "data", set, `${part}.tsv`);
  const lines = [];
  const add = (split, label, texts) => {
    for (const text of texts) lines.push(JSON.stringify({ text, label: `class ${label}`, split }));
  };
  // Reviews come by domain: their splits are drawn as for the card of text-mini.
  const parts =
    set === "amazon_reviews"
      ? loadSet(folder, set)
      : { train: linesOf(at("train")), test: linesOf(at("test")) };
  const judged = byLabel(parts.test);
  const known = new Set([...judged.values()].flatMap((texts) => [...texts]));
  const classes = [...byLabel(parts.train)].map(([label, texts]) => [
    label,
    [...texts].filter((t) => !known.has(t)),
  ]);
  for (const [k, [label, texts]] of classes.entries()) {
    add("test", label, judged.get(label) ?? []);
    if (labels === "all") {
      add("train", label, texts);
      continue;
    }
    const drawn = [...permutation(texts.length, draw, "draw", k)]
      .slice(0, Number(labels))
      .map((i) => texts[i]);
    const choosing = Math.max(1, Math.round(drawn.length / 4));
    add("validation", label, drawn.slice(0, choosing));
    add("train", label, drawn.slice(choosing));
  }
  if (labels === "all" && existsSync(at("dev")))
    for (const [label, texts] of byLabel(linesOf(at("dev")))) add("validation", label, texts);
  return written(cache, `${set}-${labels}-${draw}.jsonl`, lines);
}

/** Draws sentences with their tags in the same way. */
function sentencesOf(folder, cache, set, labels, draw) {
  const of = (part) =>
    readFileSync(join(folder, "data", set, `${part}.txt`), "utf8")
      .split(/\n\s*\n/)
      .map((block) => block.split("\n").filter((line) => line.includes("\t") || line.includes(" ")))
      .filter((rows) => rows.length > 0)
      .map((rows) => rows.map((line) => line.split(/[\t ]/)));
  const all = of("train");
  const drawn = [...permutation(all.length, draw, "draw")]
    .slice(0, sentences[labels] ?? all.length)
    .map((i) => all[i]);
  const choosing = Math.round(drawn.length / 4);
  const lines = [];
  const add = (split, rows) => {
    for (const row of rows)
      lines.push(
        JSON.stringify({ tokens: row.map(([word]) => word), tags: row.map((r) => r.at(-1)), split }),
      );
  };
  add("test", of("test"));
  add("validation", labels === "all" ? [] : drawn.slice(0, choosing));
  add("train", labels === "all" ? drawn : drawn.slice(choosing));
  return written(cache, `${set}-${labels}-${draw}.jsonl`, lines);
}

function written(cache, name, lines) {
  mkdirSync(join(cache, "lists"), { recursive: true });
  const path = join(cache, "lists", name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}
