import type { levelEn } from "../../../src/core/messages/level-en.js";
import { type Examples, nothing } from "./examples.js";

export const levelExamples: Examples<typeof levelEn> = {
  "level-predictions": [
    { convolution: "head/cls", maps: 1 },
    { convolution: "head/cls", maps: 2 },
  ],
  "level-way-out": [{ stride: 16 }],
  "level-widest": nothing,
  "level-tokens": nothing,
  "level-decoder": nothing,
  "level-named": nothing,
};
