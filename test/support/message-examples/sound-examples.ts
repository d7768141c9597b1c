import type { soundEn } from "../../../src/core/messages/sound-en.js";
import type { Examples } from "./examples.js";

export const soundExamples: Examples<typeof soundEn> = {
  "sound-lengths": [{ clips: 1500, seconds: 660, shortest: 0.14, median: 0.41, longest: 2.28 }],
  "sound-rates": [
    { rates: [[8000, 1500]] },
    {
      rates: [
        [16_000, 1200],
        [44_100, 1],
      ],
    },
  ],
  "sound-channels": [{ clips: 3, of: 40 }],
  "sound-clipped": [{ clips: 3, of: 40 }],
  "sound-narrow": [
    { clips: 40, of: 40 },
    { clips: 1, of: 40 },
  ],
  "silent-clips": [
    { clips: 1, names: ["a.wav"], more: 0 },
    { clips: 5, names: ["a.wav", "b.wav"], more: 3 },
  ],
  "clips-end-in-zeros": [
    { clips: 3, of: 40, classes: true },
    { clips: 3, of: 40, classes: false },
  ],
  "wrong-lengths": [
    { clips: 1, names: ["a.wav"], more: 0 },
    { clips: 5, names: ["a.wav", "b.wav"], more: 3 },
  ],
  "clips-without-row": [
    { clips: 1, names: ["a.wav"], more: 0 },
    { clips: 5, names: ["a.wav", "b.wav"], more: 3 },
  ],
  "clips-unread": [
    { clips: 1, formats: ["M4A"], names: ["a.m4a"], more: 0 },
    { clips: 2, formats: ["M4A", "WMA"], names: ["a.m4a", "b.wma"], more: 0 },
  ],
  "speakers-in-names": [{ speakers: 6, names: ["ann_1"], more: 0, pattern: "^([^_]+)_" }],
};
