import { describe, expect, test } from "vitest";
import { normalizeTranscript } from "./normalize-transcript.js";
import { countCharacters, fewestFrames, vocabularyOf } from "./vocabulary.js";

describe("a normaliser", () => {
  test("none composes characters and joins spaces", () => {
    // omega + oxia, decomposed: two code points become one.
    expect(normalizeTranscript("  ω\u0301  Ab|c\n", "none")).toBe("ώ Ab c");
  });

  test("basic lowers letters and drops punctuation, but keeps apostrophes inside words", () => {
    expect(normalizeTranscript("Don’t stop – it’s ‘FINE’, rock 'n' roll!", "basic")).toBe(
      "don't stop it's fine rock n roll",
    );
    expect(normalizeTranscript("Twenty-2 ﬁne", "basic")).toBe("twenty 2 fine");
  });
});

describe("a vocabulary", () => {
  const { vocabulary, counts, rare } = countCharacters(["no go", "on"]);

  test("has the blank, <unk>, and the characters in the order of their code points", () => {
    expect(vocabulary.tokens).toEqual(["<pad>", "<unk>", "|", "g", "n", "o"]);
  });

  test("counts characters, and names rare ones", () => {
    expect(counts[0]).toEqual({ character: "o", count: 3 });
    expect(rare.map(({ character }) => character)).toEqual(["o", "n", " ", "g"]);
    expect(countCharacters(["aaaaab"]).rare).toEqual([{ character: "b", count: 1 }]);
  });

  test("encodes and decodes a text with spaces", () => {
    expect(vocabulary.encode("go on")).toEqual([3, 5, 2, 5, 4]);
    expect(vocabulary.decode([0, 3, 5, 2, 5, 4, 1])).toBe("go on");
    expect(vocabulary.decode([2, 3, 5, 2, 0, 2, 2, 5, 4, 2])).toBe("go on");
  });

  test("names the characters that it lacks", () => {
    expect(vocabulary.unknownIn("gëgë!")).toEqual(["ë", "!"]);
    expect(vocabulary.encode("gë")).toEqual([3]);
  });

  test("a character of two UTF-16 units is one class", () => {
    const { vocabulary: other } = countCharacters(["𝒜b"]);
    expect(other.encode("𝒜b")).toEqual([3, 2]);
  });
});

test("a double letter needs a blank between", () => {
  expect(fewestFrames([1, 1, 2, 2, 2])).toBe(8);
  expect(fewestFrames([])).toBe(0);
});

test("special tokens are no characters", () => {
  expect(vocabularyOf(["<pad>", "<unk>", "a"]).unknownIn("<a")).toEqual(["<"]);
});
