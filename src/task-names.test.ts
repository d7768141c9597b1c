import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tasks } from "./core/results/task.js";

// Code asks for the facts of a task, or looks up its row. It does not name the task.

const src = fileURLToPath(new URL(".", import.meta.url));
const product = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !/\.(test|conformance)\.ts$/.test(file))
  .filter((file) => !file.startsWith("onnx/generated/"))
  .sort();

/** Names in the code of each file, as string literals: comments do not count. */
function literals(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of product) {
    const code = readFileSync(`${src}/${file}`, "utf8")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/(^|\s)\/\/.*$/gm, "")
      // Of HTML, not of a modality
      .replaceAll('scope="row"', "");
    const found = [...code.matchAll(/"([^"\n]*)"/g)].filter(([, text]) => names.includes(text!));
    if (found.length > 0) counts.set(file, found.length);
  }
  return counts;
}

/** Tables with a row for each task. */
const tables = ["core/results/task.ts", "tasks/task-table.ts", "tasks/sheets.ts"];

/** Names of tasks outside of the tables and of the tasks' own folders: a row for each task. The list may only become shorter. */
const named: Readonly<Record<string, number>> = {
  "options/task-capabilities.ts": tasks.length,
  "report/words/zh/task.ts": tasks.length,
};

test("a task is named in the tables of tasks and in its own folder only", () => {
  const outside = [...literals(tasks)].filter(
    ([file]) => !tables.includes(file) && !/^tasks\/(?!explain\/)[\w-]+\//.test(file),
  );
  expect(Object.fromEntries(outside)).toEqual(named);
});

/** Names of modalities as literals, by folder of src/: at most so many. The numbers may only become smaller. */
const modalities: Readonly<Record<string, number>> = {
  api: 9,
  cli: 29,
  inference: 8,
  linalg: 1,
  methods: 7,
  options: 31,
  regimes: 17,
  report: 33,
  run: 3,
  studies: 4,
  studio: 5,
  testing: 1,
  train: 2,
  web: 8,
};

test("modalities are named in bases, core, data and tasks, and elsewhere no more often than before", () => {
  const names = ["image", "text", "table"].flatMap((name) => [name, `${name}s`]);
  const counts = new Map<string, number>();
  for (const [file, count] of literals([...names, "picture", "pictures", "row", "rows"])) {
    // Sentences have to name what they are about, and sheets have tables and texts.
    if (/^report\/(words|studies|sheet)\//.test(file)) continue;
    const [folder = ""] = file.split("/");
    counts.set(folder, (counts.get(folder) ?? 0) + count);
  }
  const own = ["bases", "core", "data", "tasks"];
  const over = [...counts].filter(([folder, n]) => !own.includes(folder) && n > (modalities[folder] ?? 0));
  expect(over).toEqual([]);
});
