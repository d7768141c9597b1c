import { describe, expect, test } from "vitest";
import {
  alignEdits,
  charactersOf,
  countEdits,
  countFewestEdits,
  errorsOf,
  sumEdits,
  wordsOf,
} from "./edits.js";

const counts = (reference: string, hypothesis: string) => {
  const { substitutions, deletions, insertions, length } = countEdits(
    alignEdits([...reference], [...hypothesis]),
  );
  return [substitutions, deletions, insertions, length];
};

describe("the alignment with the fewest edits", () => {
  test("kitten and sitting: two substitutions and an insertion", () => {
    expect(counts("kitten", "sitting")).toEqual([2, 0, 1, 6]);
  });

  test("an empty reference has insertions alone, an empty hypothesis deletions alone", () => {
    expect(counts("", "ab")).toEqual([0, 0, 2, 0]);
    expect(counts("ab", "")).toEqual([0, 2, 0, 2]);
  });

  test("of equal alignments, the later steps are matches first, then substitutions", () => {
    // "ab" to "b": the deletion stands first, because the match with "b" is at the end.
    expect(alignEdits(["a", "b"], ["b"]).map(({ kind }) => kind)).toEqual(["deletion", "match"]);
    // "a b" to "c": a deletion and a substitution in either order; from the end, the substitution comes first.
    expect(alignEdits(["a", "b"], ["c"])).toEqual([
      { kind: "deletion", reference: "a" },
      { kind: "substitution", reference: "b", hypothesis: "c" },
    ]);
  });

  test("has the distance of the recursive definition", () => {
    const distance = (a: string, b: string): number =>
      a === "" || b === ""
        ? a.length + b.length
        : Math.min(
            distance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
            distance(a.slice(1), b) + 1,
            distance(a, b.slice(1)) + 1,
          );
    const texts = ["", "a", "ab", "ba", "abc", "bca", "aabb", "abab", "ccab"];
    for (const a of texts)
      for (const b of texts) {
        expect(errorsOf(countEdits(alignEdits([...a], [...b])))).toBe(distance(a, b));
        expect(countFewestEdits([...a], [...b])).toEqual(countEdits(alignEdits([...a], [...b])));
      }
  });
});

test("corpus counts are sums", () => {
  const one = { substitutions: 1, deletions: 0, insertions: 2, length: 4 };
  expect(sumEdits([one, { ...one, length: 1 }])).toEqual({
    ...{ substitutions: 2, deletions: 0, insertions: 4, length: 5 },
  });
});

test("words and characters of a text", () => {
  expect(wordsOf("")).toEqual([]);
  expect(wordsOf("no go")).toEqual(["no", "go"]);
  // No word is empty, whatever a recogniser writes between two words.
  expect(wordsOf(" no  go\n")).toEqual(["no", "go"]);
  // e with a combining acute and a dot below has no composed form, and is one character.
  expect(charactersOf("e\u0323\u0301a")).toHaveLength(2);
});

test("a long text has the characters that it has as a whole", () => {
  const pieces = ["e\u0323\u0301", "🇩🇪", "👩‍👩‍👧", "\r\n", "न्", "\ud800", "a", "𑄧"];
  const whole = (text: string) =>
    Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text), (s) => s.segment);
  for (let shift = 0; shift < 12; shift++) {
    const text = "x".repeat(shift) + Array.from({ length: 900 }, (_, i) => pieces[(i * i + i) % 8]).join("");
    expect(charactersOf(text)).toEqual(whole(text));
  }
  expect(charactersOf(`a${"\u0301".repeat(5000)}b`)).toHaveLength(2);
});
