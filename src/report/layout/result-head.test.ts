import { expect, test } from "vitest";
import { wordsIn } from "../words/index.js";
import { resultHead } from "./result-head.js";

test("the middle of an axis is labelled with its value, also between two tenths", () => {
  const method = (label: string, value: number) => ({ label, value });
  const head = { label: "R²", metric: "R²", scale: "number", notes: [] } as const;
  const page = resultHead({ ...head, methods: [method("own", 0.95), method("mean", -0.003)] }, wordsIn("en"));
  const axis = /<li class="axis"[^>]*>(.*?)<\/li>/.exec(page.text)?.[1];
  expect(axis).toBe("<span>−0.5</span><span>0.25</span><span>1.0</span>");
});
