import { expect, test } from "vitest";
import { brokenTags, parseTag, schemeOf, spansOf, tagsOf } from "./tags.js";

const tags = (line: string): string[] => line.split(" ");
const told = (line: string): string =>
  spansOf(tags(line))
    .map(({ type, first, end }) => `${type} ${first}-${end}`)
    .join(", ");

test("entities of BIO, IOB1 and BIOES are the same ones", () => {
  const entities = "PER 0-2, LOC 3-4, LOC 4-5";
  expect(told("B-PER I-PER O B-LOC B-LOC")).toBe(entities);
  expect(told("I-PER I-PER O I-LOC B-LOC")).toBe(entities);
  expect(told("B-PER E-PER O S-LOC S-LOC")).toBe(entities);
  // BILOU, and BMES
  expect(told("B-PER L-PER O U-LOC U-LOC")).toBe(entities);
  expect(told("B-PER M-PER E-PER")).toBe("PER 0-3");
});

test("what continues nothing begins something, as conlleval reads it", () => {
  expect(told("O I-PER I-PER")).toBe("PER 1-3");
  expect(told("B-PER I-LOC I-LOC")).toBe("PER 0-1, LOC 1-3");
  expect(told("E-PER E-PER")).toBe("PER 0-1, PER 1-2");
  expect(told("S-PER I-PER")).toBe("PER 0-1, PER 1-2");
  expect(told("O O")).toBe("");
});

test("spans written as tags are read as the same spans, in each scheme", () => {
  const spans = spansOf(tags("B-PER I-PER B-PER O B-LOC I-LOC I-LOC B-ORG"));
  for (const scheme of ["BIO", "IOB1", "BIOES"] as const) {
    const written = tagsOf(spans, 8, scheme);
    expect(spansOf(written)).toEqual(spans);
    expect(schemeOf([written])).toBe(scheme);
    expect(brokenTags(written, scheme)).toEqual([]);
  }
});

test("a scheme is told by its sentences", () => {
  expect(schemeOf([tags("B-PER I-PER O")])).toBe("BIO");
  // One broken sentence among sound ones does not make it IOB1.
  expect(schemeOf([tags("B-PER O"), tags("O I-PER")])).toBe("BIO");
  expect(schemeOf([tags("I-PER B-PER"), tags("O I-LOC")])).toBe("IOB1");
  expect(schemeOf([tags("O O")])).toBe("BIO");
});

test("broken tags are found where they are", () => {
  expect(brokenTags(tags("O I-PER I-PER O"), "BIO")).toEqual([1]);
  expect(brokenTags(tags("B-PER O"), "BIOES")).toEqual([0]);
  expect(brokenTags(tags("B-PER I-LOC"), "BIO")).toEqual([1]);
});

test("types may hold what marks are parted by", () => {
  expect(parseTag("B-art-work")).toEqual({ mark: "B", type: "art-work" });
  expect(parseTag("PER")).toBeUndefined();
  expect(parseTag("B-")).toBeUndefined();
});
