import fc from "fast-check";
import { expect, test } from "vitest";
import { linearPattern } from "./linear-pattern.js";
import { groupsOfNames } from "./named-groups.js";

/** What JavaScript says. */
function native(pattern: string, text: string) {
  const match = new RegExp(pattern, "u").exec(text);
  return match ? { match: match[0], bracket: match[1] } : undefined;
}

test.each([
  ["([^/]+)_[0-9]+[.]jpg$", "people/anna_01.jpg"],
  ["^(.*?)_", "a_b_c.png"],
  ["^(.*)_", "a_b_c.png"],
  ["(?:scan|photo)-(\\d{3,5})(?:-\\w+)?\\.(?:png|jpe?g)$", "x/photo-12345-left.jpeg"],
  ["(?<person>\\p{Lu}\\p{Ll}+)", "bild von Änne"],
  ["(?:(a)|b)+", "aab"],
  ["\\b(\\w+)\\b", "__ one"],
  ["(😀|\\u{1F601}|\\uD83D\\uDE02)+", "x😀😁😂"],
  ["[\\]/]([^\\]]{2})", "a]bc"],
  ["a|b|", "c"],
])("finds what JavaScript finds: %s", (pattern, text) => {
  expect(linearPattern(pattern)(text)).toEqual(native(pattern, text));
});

test("finds what JavaScript finds, for any pattern of its kind", () => {
  const leaf = fc.constantFrom("a", "b", "[ab]", ".", "[^a]", "c", "\\w");
  const { node } = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      leaf,
      fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((all) => all.join("")),
      fc.tuple(tie("node"), tie("node")).map(([x, y]) => `(?:${x}|${y})`),
      tie("node").map((x) => `(${x})`),
      fc
        .tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "{0,2}", "{1,}"), fc.boolean())
        .map(([x, q, lazy]) => `(?:${x})${q}${lazy ? "?" : ""}`),
      fc.constantFrom("^", "$", "\\b", "\\B"),
    ),
  }));
  let compared = 0;
  fc.assert(
    fc.property(
      node,
      fc.string({ unit: fc.constantFrom("a", "b", "c", "-"), maxLength: 8 }),
      (pattern, text) => {
        let find: ReturnType<typeof linearPattern>;
        try {
          find = linearPattern(pattern);
        } catch (error) {
          expect((error as Error).message).toContain("repeats what can match nothing");
          return;
        }
        compared++;
        expect(find(text)).toEqual(native(pattern, text));
      },
    ),
    { numRuns: 3000, seed: 1 },
  );
  expect(compared).toBeGreaterThan(1500);
});

// Each of these takes JavaScript's own engine minutes to years on a text of some thousand characters.
test.each([
  ["(a+)+$"],
  ["(a|a)+$"],
  ["(a|aa)+$"],
  ["^(?:a?a){1,30}$"],
  ["^([a-zA-Z]+)*$"],
  ["(.*a){12}$"],
  ["a*a*a*a*a*a*a*a*a*b$"],
  ["^(([a-z])+.)+[A-Z]([a-z])+$"],
  [".*.*.*.*.*=.*"],
])("takes no long time for a catastrophic pattern: %s", (pattern) => {
  const begin = performance.now();
  expect(linearPattern(pattern)(`${"a".repeat(4000)}!`)).toBeUndefined();
  // 100 to 1000 steps for each of 4000 characters; the limit leaves room for a busy machine.
  expect(performance.now() - begin).toBeLessThan(5000);
});

test.each([
  ["(a)\\1", 'it has the backreference "\\1"'],
  ["(?<x>a)\\k<x>", 'it has the backreference "\\k"'],
  ["(?=a)b", 'it has "(?=", which is not known here'],
  ["(?<!a)b", 'it has "(?<!", which is not known here'],
  ["(a*)*", '"(a*)*" repeats what can match nothing'],
  ["x(?:a|)+", '"(?:a|)+" repeats what can match nothing'],
  ["((a{100}){100}){100}", "more than 1000 steps"],
  ["a{100000000}", "more than 1000 steps"],
  ["(", "Unterminated group"],
  ["[b-a]", "Range out of order"],
])("says what it does not know: %s", (pattern, message) => {
  expect(() => linearPattern(pattern)).toThrow(message);
});

test("a catastrophic --group-from on long names ends, and one that is not known is refused with what to do", () => {
  const names = Array.from({ length: 20 }, (_, i) => `${"a".repeat(250)}${i}`);
  const begin = performance.now();
  expect(() => groupsOfNames(names, "^(a+)+$", { what: "picture" })).toThrow(
    'groupFrom "^(a+)+$" fits no picture',
  );
  expect(groupsOfNames(names, "^(a+)+[0-9]", { what: "picture" })[3]).toBe("a".repeat(250));
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(() => groupsOfNames(names, "(a)\\1", { what: "picture" })).toThrow(
    'groupFrom "(a)\\\\1" is no pattern: it has the backreference "\\1", which is not known here',
  );
});
