import type { groupEn } from "../../../src/core/messages/group-en.js";
import { type Examples, nothing } from "./examples.js";

export const groupExamples: Examples<typeof groupEn> = {
  "group-head": nothing,
  "group-solved-head": nothing,
  "group-everything": nothing,
  "group-half": [{ half: "first" }, { half: "second" }],
  "group-part": [{ part: 2, parts: 3 }],
  "group-last-layers": [{ layers: 1 }, { layers: 2 }],
  "group-biases": nothing,
  "group-norms": nothing,
  "group-pairs": nothing,
  "group-adapters": nothing,
  "group-discriminator": nothing,
  "group-hint-regressor": nothing,
  "group-task-uncertainty": nothing,
  "group-fresh": nothing,
  "group-kept": nothing,
  "group-base": nothing,
  "group-word-head": nothing,
  "group-parameters": [{ parameters: 1_416_000 }],
  "group-peak-rate": [{ rate: "1.0e-5" }],
  "group-from-epoch": [{ epoch: 3 }],
  "best-epoch-kept": [{ epochs: 6, best: 4 }],
  "last-of-epochs-kept": [{ epochs: 6 }],
  "solved-exactly": nothing,
};
