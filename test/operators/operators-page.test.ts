// docs/operators.md is written from the tables and records; here, that it is, and that nothing is missing from it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { page } from "../../scripts/operators.mjs";
import { passedOn } from "../../src/autodiff/rules/passed-on.js";
import { definitions } from "../../src/graph/import/expand/definitions.js";
import { expansions } from "../../src/graph/import/expand/expand-node.js";
import { inferTable } from "../../src/graph/infer/index.js";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const text = readFileSync(at("../../docs/operators.md"), "utf8");
const [, listed = "", expanded = "", passed = ""] = text.split("\n## ");
const names = (part: string): string[] => [...part.matchAll(/^\| `([\w.]+)` \|/gm)].map((m) => m[1]!);

test("the page is what the tables and the records of the tests say: node scripts/operators.mjs writes it", () => {
  expect(page()).toBe(text);
});

test("every operator of the specification stands in it once", () => {
  const spec = JSON.parse(readFileSync(at("../../scripts/operators/onnx-operators.json"), "utf8")) as {
    name: string;
    since: number;
  }[];
  const all = [listed, expanded, passed].flatMap(names);
  expect(all).toEqual(expect.arrayContaining(spec.map((s) => s.name)));
  expect(new Set(all).size).toBe(all.length);
});

test("every operator of the closed list is in the first table", () => {
  const short = names(listed).map((name) => name.replace("com.microsoft.", ""));
  expect(short.sort()).toEqual(Object.keys(inferTable).sort());
});

test("every operator that the page calls expanded is read as other operators", () => {
  const own = Object.entries(expansions).flatMap(([domain, table]) =>
    Object.keys(table).map((op) => (domain === "" ? op : `${domain}.${op}`)),
  );
  for (const name of [...Object.keys(definitions), ...own])
    if (name !== "com.microsoft.FusedMatMul") expect(names(expanded), name).toContain(name);
});

test("an operator that is passed on says why", () => {
  expect(passed).not.toContain("is not an operator Engraft knows");
  for (const name of Object.keys(passedOn)) expect(names(passed + expanded), name).toContain(name);
});
