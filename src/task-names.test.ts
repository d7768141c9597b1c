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
      .replace(/(^|\s)\/\/.*$/gm, "");
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
