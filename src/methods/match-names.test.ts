import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { matchNames } from "./match-names.js";

/** The same test as a regular expression, for names and patterns so short that any way to divide them is tried at once. */
function expressionOf(pattern: string, endings: boolean): RegExp {
  const escaped = pattern
    .split("*")
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${endings ? "(?:.*[./])?" : ""}${escaped}$`, "s");
}

test("matches the names that the regular expression matches", () => {
  const draw = draws(1, "names");
  const textOf = (letters: string, most: number): string =>
    Array.from({ length: draw.integer(most + 1) }, () => letters[draw.integer(letters.length)]).join("");
  for (let i = 0; i < 20_000; i++) {
    const [pattern, name, endings] = [textOf("ab.*/", 6), textOf("ab./\n", 8), i % 2 === 0];
    const expected = expressionOf(pattern, endings).test(name);
    expect(matchNames(pattern, { endings })(name), `${pattern} on ${name}`).toBe(expected);
  }
});

test("any number of stars takes time in proportion", () => {
  const name = "a".repeat(10_000);
  // As a regular expression, the first of them runs for minutes.
  for (const pattern of [
    "***************************************x",
    `${"*a".repeat(9000)}*x`,
    "*".repeat(1e6),
  ])
    for (const endings of [false, true])
      expect(matchNames(pattern, { endings })(name)).toBe(!pattern.endsWith("x"));
});
