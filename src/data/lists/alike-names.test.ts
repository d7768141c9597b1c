import { expect, test } from "vitest";
import { alikeNames } from "./alike-names.js";

test.each([
  [["good", "Good", "bad"], "case", ["Good", "good"]],
  [["new york", "new_york"], "spaces", ["new york", "new_york"]],
  [["1", "true"], "yes and no", ["1", "true"]],
  [["1", "1.0"], "number", ["1", "1.0"]],
  [["good", "bad", "good\u200b"], "look", ["good", "good\\u{200b}"]],
  [["good", "\ufeffGood"], "spaces", ["good", "\\u{feff}Good"]],
  // Cyrillic о; full-width letters.
  [["good", "g\u043eod"], "look", ["good", "g\\u{43e}od"]],
  [["A1", "\uff211"], "look", ["A1", "\\u{ff21}1"]],
] as const)("%j differ only by their %s", (names, by, shown) => {
  expect(alikeNames(names)).toEqual({ by, names: shown });
});

test.each([
  [["good", "bad"]],
  // Composed and decomposed é are one name.
  [["caf\u00e9", "cafe\u0301"]],
  [["рост", "вес"]],
  [["苹果", "香蕉"]],
  [["a", "b", "a"]],
])("%j are different names, or one", (names) => {
  expect(alikeNames(names)).toBeUndefined();
});
