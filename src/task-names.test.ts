import { expect, test } from "vitest";
import { codeOf, page, product, readSource } from "../test/support/source-imports.js";
import { tasks } from "./core/results/task.js";

// Code asks for the facts of a task, or looks up its row. It does not name the task.

/** Tables with a row for each task. */
const tables = ["core/results/task.ts", "tasks/task-table.ts", "tasks/sheets.ts"];

/** Names of tasks outside of the tables and of the tasks' own folders: a row for each task. The list may only become shorter. */
const named: Readonly<Record<string, number>> = {
  // Rows of tasks that are no pair, and what two pairs have besides.
  "options/task-capabilities.ts": tasks.length - 4 + 2,
};

test("a task is named in the tables of tasks and in its own folder only", () => {
  const outside = product.filter(
    (file) => !tables.includes(file) && !/^tasks\/(?!explain\/)[\w-]+\//.test(file),
  );
  const names = outside.map((file) => {
    const literals = codeOf(readSource(file)).matchAll(/"([^"\n]*)"/g);
    return [file, [...literals].filter(([, text]) => tasks.some((task) => task === text)).length] as const;
  });
  expect(Object.fromEntries(names.filter(([, count]) => count > 0))).toEqual(named);
});

/** Number of branches by task. It may only fall: a commit that lowers it lowers it here. Aim: 15. */
const branches = 28;

test("the number of branches by task outside of the tables of tasks only falls", () => {
  // A branch is a call of hasTask or isTaskWith in a product file, the page of the studio included.
  const calls = [...product, ...page]
    .filter((file) => !tables.includes(file))
    .flatMap((file) => codeOf(readSource(file)).match(/\b(?:hasTask|isTaskWith)\(/g) ?? []);
  expect(calls.length, "calls of hasTask and isTaskWith: if fewer, lower the limit").toBe(branches);
});
