import { expect, test } from "vitest";
import { brokenTags, parseTag, schemeOf, spansOf, tagsOf } from "./tags.js";

const tags = (line: string): string[] => line.split(" ");
const entitiesOf = (line: string): string =>
  spansOf(tags(line))
    .map(({ type, first, end }) => `${type} ${first}-${end}`)
    .join(", ");

test("BIO, IOB1 and BIOES give the same entities", () => {
  const entities = "PER 0-2, LOC 3-4, LOC 4-5";
  expect(entitiesOf("B-PER I-PER O B-LOC B-LOC")).toBe(entities);
  expect(entitiesOf("I-PER I-PER O I-LOC B-LOC")).toBe(entities);
  expect(entitiesOf("B-PER E-PER O S-LOC S-LOC")).toBe(entities);
  // BILOU, and BMES
  expect(entitiesOf("B-PER L-PER O U-LOC U-LOC")).toBe(entities);
  expect(entitiesOf("B-PER M-PER E-PER")).toBe("PER 0-3");
});

test("a tag that continues no entity begins one, as in conlleval", () => {
  expect(entitiesOf("O I-PER I-PER")).toBe("PER 1-3");
  expect(entitiesOf("B-PER I-LOC I-LOC")).toBe("PER 0-1, LOC 1-3");
  expect(entitiesOf("E-PER E-PER")).toBe("PER 0-1, PER 1-2");
  expect(entitiesOf("S-PER I-PER")).toBe("PER 0-1, PER 1-2");
  expect(entitiesOf("O O")).toBe("");
});

test("spans survive the conversion to tags and back in each scheme", () => {
  const spans = spansOf(tags("B-PER I-PER B-PER O B-LOC I-LOC I-LOC B-ORG"));
  for (const scheme of ["BIO", "IOB1", "BIOES"] as const) {
    const written = tagsOf(spans, 8, scheme);
    expect(spansOf(written)).toEqual(spans);
    expect(schemeOf([written])).toBe(scheme);
    expect(brokenTags(written, scheme)).toEqual([]);
  }
});

test("detects the tag scheme", () => {
  expect(schemeOf([tags("B-PER I-PER O")])).toBe("BIO");
  // One broken sentence among sound ones does not make it IOB1.
  expect(schemeOf([tags("B-PER O"), tags("O I-PER")])).toBe("BIO");
  expect(schemeOf([tags("I-PER B-PER"), tags("O I-LOC")])).toBe("IOB1");
  expect(schemeOf([tags("O O")])).toBe("BIO");
});

test("finds the places of invalid tags", () => {
  expect(brokenTags(tags("O I-PER I-PER O"), "BIO")).toEqual([1]);
  expect(brokenTags(tags("B-PER O"), "BIOES")).toEqual([0]);
  expect(brokenTags(tags("B-PER I-LOC"), "BIO")).toEqual([1]);
});

test("entity types may contain - and _", () => {
  expect(parseTag("B-art-work")).toEqual({ mark: "B", type: "art-work" });
  expect(parseTag("PER")).toBeUndefined();
  expect(parseTag("B-")).toBeUndefined();
});
