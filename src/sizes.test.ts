// What code of verdicts and of their sentences may not do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, product, src } from "../test/support/source-imports.js";

/** Files that write a verdict or a study by the codes of its sentences. */
const sentenceTables =
  /^report\/words\/(en\/verdict|zh\/(verdict|comparison|curve|diagnosis|side-by-side))\.ts$/;
/** Facts that a sentence is chosen by. */
const reasons = /\b(switch|why|scratch_ended|scratch_learnt)\b|\.(kind|finding)\b/;

/** Facts of a verdict from which a function could decide what to say. */
const verdictFacts = ["ci95", "gain", "effort", "kind"] as const;

test("no function outside evidence decides by the facts of a verdict", () => {
  const deciding = product
    .filter((file) => folderOf(file) !== "evidence" && !sentenceTables.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(src, file), "utf8");
      // Declarations of the file, each from its first line, which is not indented.
      const declared = source.split(/\n(?=(?:export )?(?:async )?(?:function|const|class) )/);
      return declared
        .filter(
          (text) => /^(?:export )?(?:async )?(?:function|const|class) /.test(text) && /verdict/i.test(text),
        )
        .filter((text) => verdictFacts.filter((fact) => new RegExp(`\\b${fact}\\b`).test(text)).length >= 2)
        .map((text) => `${file}: ${/(?:function\*?|const|class) (\w+)/.exec(text)?.[1]}`);
    });
  expect(deciding).toEqual([]);
});

test("tables of sentences on a verdict or a study have a row for each code, and no reasons of their own", () => {
  const tables = product.filter((file) => sentenceTables.test(file));
  expect(tables.length).toBe(6);
  const deciding = tables.filter((file) => reasons.test(readFileSync(join(src, file), "utf8")));
  expect(deciding).toEqual([]);
});
