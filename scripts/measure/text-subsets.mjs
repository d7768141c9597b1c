// Small parts of the text sets, drawn by a seed, as lists for `engraft train`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { permutation } from "../../dist/core/random.js";

/** Folder of each set, and number of its classes: all, or the first by name. */
export const textSubsets = {
  sst2: { of: "text_sst2" },
  snips3: { of: "text_snips3" },
  waimai: { of: "zh_waimai_10k" },
  banking10: { of: "text_banking77", classes: 10 },
};

/** label -> texts, each once */
function read(path, most = Number.POSITIVE_INFINITY) {
  const byLabel = new Map();
  const lines = readFileSync(path, "utf8").split("\n").slice(1);
  for (const line of lines) {
    const at = line.indexOf("\t");
    const text = line.slice(at + 1).trim();
    if (at < 0 || text === "") continue;
    const label = line.slice(0, at);
    byLabel.set(label, (byLabel.get(label) ?? new Set()).add(text));
  }
  return new Map([...byLabel].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, most));
}

/**
 * Writes the list of one draw: `train` texts per class and `validation` others by the seed; the test split is always
 * the same.
 * @param most test texts of all classes together
 * @returns its path, in `cache`
 */
export function textListOf(folder, cache, set, { seed, train, validation, most }) {
  const { of, classes } = textSubsets[set];
  const pool = read(join(folder, "data", of, "train.tsv"), classes);
  const judged = read(join(folder, "data", of, "test.tsv"), classes);
  const lines = [];
  const add = (split, label, texts) => {
    for (const text of texts) lines.push(JSON.stringify({ text, label: `class ${label}`, split }));
  };
  for (const [k, label] of [...pool.keys()].entries()) {
    const test = [...(judged.get(label) ?? [])];
    const known = new Set(test);
    const all = [...pool.get(label)].filter((text) => !known.has(text));
    const order = permutation(all.length, seed, "draw", k).map((i) => i);
    const take = (places) => [...places].map((i) => all[i]);
    add("train", label, take(order.slice(0, train)));
    add("validation", label, take(order.slice(train, train + validation)));
    const fixed = permutation(test.length, 0, "test", k).slice(0, Math.ceil(most / pool.size));
    add(
      "test",
      label,
      [...fixed].map((i) => test[i]),
    );
  }
  mkdirSync(join(cache, "lists"), { recursive: true });
  const path = join(cache, "lists", `${set}-${train}-${validation}-${most}-seed-${seed}.jsonl`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}
