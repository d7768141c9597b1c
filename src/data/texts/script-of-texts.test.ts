import { expect, test } from "vitest";
import { scriptOfTexts } from "./script-of-texts.js";

const of = (...texts: string[]) => scriptOfTexts(texts.map((text) => ({ text })));

test("Latin letters are the usual script, and pictures have none", () => {
  expect(of("a good film", "très bien")).toBeUndefined();
  expect(of("123 …")).toBeUndefined();
  expect(scriptOfTexts([{}, {}])).toBeUndefined();
  expect(scriptOfTexts([])).toBeUndefined();
});

test("Chinese characters are Han, also between some Latin words", () => {
  expect(of("送餐很快,味道 good", "不好吃")).toBe("han");
});

test("another script is neither", () => {
  expect(of("хороший фильм", "плохо")).toBe("other");
  expect(of("とてもよかったです")).toBe("other");
});

test("most letters decide, over all texts", () => {
  expect(of(...Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? "好" : "well done")))).toBeUndefined();
});
