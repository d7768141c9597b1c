import { expect, test } from "vitest";
import { EngraftError } from "./errors.js";
import { withShortNames } from "./short-names.js";

const long = "a name ".repeat(700);

test("a name of a file keeps 300 characters in a message", () => {
  const { message, at, details } = new EngraftError(
    "DataError",
    `the column ${JSON.stringify(long)} is no "label"`,
    {
      at: `"${long}" line 2`,
      details: { column: long },
    },
  );
  expect(message).toBe(`the column "${long.slice(0, 300)}…" is no "label"`);
  expect(at).toBe(`"${long.slice(0, 300)}…" line 2`);
  expect(details.column).toBe(long);
});

test("escaped quotation marks do not end a name", () => {
  const name = `${'"'.repeat(200)} ${"b".repeat(200)}`;
  expect(withShortNames(`${JSON.stringify(name)} is empty`).length).toBeLessThan(330);
});

test("a word without quotation marks is shortened too", () => {
  expect(withShortNames(`there is no ${"x".repeat(5000)} here`)).toBe(`there is no ${"x".repeat(300)}… here`);
});

test("a long sentence of short names stays whole", () => {
  const names = Array.from({ length: 200 }, (_, i) => `"class ${i}"`).join(", ");
  expect(withShortNames(`the classes are ${names}`)).toBe(`the classes are ${names}`);
  expect(withShortNames(`"${"a".repeat(300)}" and more`)).toBe(`"${"a".repeat(300)}" and more`);
});
