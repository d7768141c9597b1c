import type { splitEn } from "../../../src/core/messages/split-en.js";
import { type Examples, nothing } from "./examples.js";

export const splitExamples: Examples<typeof splitEn> = {
  "split-shares": [
    { shares: "70 / 15 / 15", seed: 3 },
    { shares: "70 / 15 / 15", stratified: "class", together: "look-alikes", seed: 0 },
    { shares: "33 / 34 / 33", requested: "70 / 15 / 15", count: 1900, unit: "text", seed: 1 },
    { shares: "80 / 5 / 15", requested: "70 / 15 / 15", groups: true, seed: 1 },
    { shares: "70 / 15 / 15", stratified: "type", count: 10, unit: "sentence", seed: 2 },
    { shares: "70 / 15 / 15", stratified: "class", together: "equal rows", seed: 4 },
    { shares: "70 / 15 / 15", together: "near copies", apart: 5, seed: 0 },
  ],
  "only-train-given": nothing,
  "split-by-column": [
    { column: "day", gap: 0 },
    { column: "hour", gap: 2 },
  ],
  "splits-given": nothing,
  "test-given": nothing,
  "validation-becomes-test": nothing,
  "validation-taken": [
    { percent: 15, stratified: "class", seed: 3 },
    { percent: 15, stratified: "type", seed: 5 },
    { percent: 15, seed: 6 },
  ],
  "groups-together": nothing,
  "training-subset": [{ some: 40, all: 200 }],
  "shots-of-classes": [{ shots: 5, all: 200 }],
  "splits-of-sources": [{ datasets: 1 }, { datasets: 3 }],
  "tag-scheme": [{ scheme: "BIO" }],
  "text-pairs": [{ first: "premise", second: "hypothesis" }],
  "labels-from-column": [
    { column: "a b" },
    { column: "a b", lists: true },
    { column: "a b", lists: false, separator: "|" },
  ],
  "labels-from-columns": [{ columns: 6 }],
  "split-of-task": [{ task: "colour" }],
  "split-by-labels": [{ column: "shape" }],
  "unlabelled-held-back": [{ percent: 15, seed: 7 }],
  "texts-held-back": [{ held: 50, texts: 1200, seed: 8 }],
};
