import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { partIn, samplePartsFile, samplePartsOf } from "../bases/model-folder/sample-parts.js";
import { openTable, type RowItem } from "../data/tables/open-table.js";
import { nodePlatform } from "../platform/node.js";
import { scoredItems } from "./scored-items.js";

const root = mkdtempSync(join(tmpdir(), "engraft-scored-items-"));
const path = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Opens a table of numbers, one row a line. */
async function opened(name: string, rows: readonly (readonly number[])[]) {
  const lines = rows.map((cells, i) => [...cells, i % 3 === 0 ? "x" : "y"].join());
  writeFileSync(path(name), `a,b,c,label\n${lines.join("\n")}\n`);
  return openTable(path(name));
}

/** Writes the file with the splits of a model's samples, and returns those of other rows that the model is scored on. */
async function scoredOf(learnt: Awaited<ReturnType<typeof opened>>, items: readonly RowItem[]) {
  const file = { format: 1, data: learnt.fingerprint, samples: samplePartsOf(learnt.items) };
  writeFileSync(path(samplePartsFile), JSON.stringify(file));
  const engraft = { data: { fingerprint: learnt.fingerprint, test_fingerprint: "" } };
  const rows = items.map(({ id, sha256 }) => ({ id, sha256 }));
  return scoredItems(
    nodePlatform,
    { items: rows, root },
    { dir: path("model"), engraft } as never,
    "rows",
    {},
  );
}

/** One of 24 combinations of few values. */
const few = (i: number) => [i % 2, (i * 7) % 3, (i >> 1) % 4];

test("rows that equal learnt ones by their few values are new, as training divided them", async () => {
  const learnt = await opened(
    "few.csv",
    Array.from({ length: 240 }, (_, i) => few(i)),
  );
  expect(learnt.warnings.map(({ code }) => code)).toContain("equal_rows");
  const fresh = await opened(
    "fresh.csv",
    Array.from({ length: 60 }, (_, i) => few(i + 5)),
  );
  const { items, leftOut, words } = await scoredOf(learnt, fresh.items);
  expect({ scored: items.length, leftOut }).toEqual({ scored: 60, leftOut: 0 });
  expect(words).toBe(
    "all 60 rows: the model has seen none of them; 60 of them equal rows it learnt from, as few values explain, and count as new",
  );
  // The table that was learnt is still known by its lines.
  const own = await scoredOf(learnt, learnt.items);
  expect(own.items).toHaveLength(learnt.items.filter(({ part }) => part === "test").length);
  const partOf = new Map(learnt.items.map(({ id, part }) => [id, part]));
  expect(own.items.every(({ id }) => partOf.get(id) === "test")).toBe(true);
});

test("rows of measurements that equal learnt ones are left out on any line", async () => {
  const measured = (i: number) => [((i * 37) % 101) + 0.5, ((i * 53) % 97) + 0.25, i + 0.1];
  const learnt = await opened(
    "many.csv",
    Array.from({ length: 100 }, (_, i) => measured(i)),
  );
  const train = new Set(learnt.items.filter(({ part }) => part !== "test").map(({ sha256 }) => sha256));
  const other = await opened(
    "moved.csv",
    Array.from({ length: 60 }, (_, i) => measured(i + 70)),
  );
  const { items, leftOut } = await scoredOf(learnt, other.items);
  const copies = other.items.filter(({ sha256 }) => train.has(sha256)).length;
  expect(copies).toBeGreaterThan(20);
  expect({ scored: items.length, leftOut }).toEqual({ scored: 60 - copies, leftOut: copies });
});

test("a sample whose fields are getters, as those of a listed text, is found", () => {
  class Listed {
    get id() {
      return "list.csv, line 2";
    }
    get sha256() {
      return "ab";
    }
  }
  expect(partIn({ ab: "train" }, new Listed())).toBe("train");
  expect(partIn({ "line 2 ab": "test" }, new Listed())).toBe("test");
});
