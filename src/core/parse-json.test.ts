import { expect, test } from "vitest";
import { parseJson } from "./parse-json.js";

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

test("takes 1,000 levels, and any brackets in texts and side by side", () => {
  expect(parseJson(deep(1000))).toEqual(JSON.parse(deep(1000)));
  const text = `\\"${"[{".repeat(2000)}`;
  expect(parseJson(JSON.stringify([text, `${text}\\`, text]))).toEqual([text, `${text}\\`, text]);
  expect(parseJson(`[${Array(3000).fill("[{}]").join(",")}]`)).toHaveLength(3000);
});

test.each([
  ["lists", deep(1001)],
  ["lists in a text's list", `["a\\"", ${deep(100_000)}]`],
  ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
])("refuses deeper %s", (_, text) => {
  expect(() => parseJson(text)).toThrow(new SyntaxError("it is nested deeper than 1000 levels"));
});
