import { expect, test } from "vitest";
import { betterBase } from "./better-base.js";

const name = (base: string, train: number, script?: "han" | "other") =>
  betterBase({ base, train, ...(script && { script }) })?.name;

test("pictures get the larger network while a pass over them stays within 10,000 GMAC", () => {
  // 4.1 GMAC a picture: 2,439 pictures
  expect(name("vision-mini", 40)).toBe("resnet-50");
  expect(name("vision-mini", 2439)).toBe("resnet-50");
  expect(name("vision-mini", 2440)).toBe("resnet-18");
  expect(name("vision-mini", 1_000_000)).toBe("resnet-18");
});

test("texts get a base of their language", () => {
  // 2.9 GMAC a text: 3,448 texts
  expect(name("text-mini", 3448)).toBe("bge-small-en");
  expect(name("text-mini", 3449)).toBe("minilm-l6");
  // 11.2 GMAC a text: 892 texts
  expect(name("text-mini", 892, "han")).toBe("bge-base-zh");
  expect(name("text-mini", 893, "han")).toBe("bge-small-zh");
  expect(name("text-mini", 10, "other")).toBe("e5-small");
});

test("a base that the user chose is not talked about", () => {
  expect(name("resnet-18", 40)).toBeUndefined();
  expect(name("mine.onnx", 40)).toBeUndefined();
  expect(name("none: a network for tables", 40)).toBeUndefined();
});
