import type { noteEn } from "../../../src/core/messages/note-en.js";
import { type Examples, nothing } from "./examples.js";

const rows = { known: 5, classes: 6, pairs: [["ant", "bee"]], old_loss: 0.312, probe_loss: 0.456 } as const;

export const noteExamples: Examples<typeof noteEn> = {
  "no-score-one-class": [{ classes: 0 }, { classes: 1 }],
  "no-score-one-group": [
    { class: "wood", more: 0 },
    { class: "wood", more: 2 },
  ],
  "no-score-groups": [
    { groups: 2, single: true },
    { groups: 4, single: false },
  ],
  "no-score-few-samples": [{ samples: 8, needed: 10 }],
  "score-without-groups": nothing,
  "score-near-copies": [{ copies: 12 }],
  "score-alike": [
    { class: "wood", more: 0 },
    { class: "wood", more: 2 },
  ],
  "base-learnt-samples": [{ learnt: 3, samples: 8 }],
  "base-samples-unknown": nothing,
  "column-is-group": nothing,
  "column-ignored": nothing,
  "column-empty": nothing,
  "column-constant": nothing,
  "column-is-name": [{ distinct: 90, rows: 100 }],
  "weight-not-in-other": nothing,
  "weight-only-in-other": nothing,
  "weight-type-differs": [{ type: "int8" }],
  "weight-shape-differs": [{ there: "[3, 4]", here: "[5, 6]" }],
  "weight-channels-adapted": [{ from: 3, to: 1 }],
  "column-only-new": nothing,
  "column-only-old": nothing,
  "embedding-size-differs": [{ old: 4, now: 6 }],
  "first-layer-rows": [{ rows: 1 }, { rows: 5 }],
  "embedding-values": [{ same: 2, values: 3 }],
  "no-class-name-shared": nothing,
  "head-of-all-classes": [{ classes: 4 }],
  "head-solved-on-moved": nothing,
  "old-rows-or-probe": [
    { ...rows, kept: "old rows" },
    { ...rows, kept: "probe", known: 1 },
  ],
  "time-for-report-over": [{ seconds: 20 }],
  "run-not-done": nothing,
  "other-run-not-done": nothing,
  "other-numbers": nothing,
  "other-classes": nothing,
  "test-samples-unknown": nothing,
  "test-samples-differ": [{ own: 30, other: 40, shared: 7 }],
  "test-samples-repeat": nothing,
  "predictions-not-kept": nothing,
  "differences-of-models": nothing,
  "other-splits": nothing,
  "other-test-samples": nothing,
  "other-machines": nothing,
  "runs-not-done": [
    {
      runs: [
        { label: "one", status: "running", epochs: 1 },
        { label: "two", status: "stopped", epochs: 3 },
      ],
    },
  ],
  "test-scored-times": [{ times: 6 }],
  "chosen-by-source": nothing,
  "chosen-by-source-and-information": nothing,
  "column-is-text": [{ words: 10 }, { words: 10, inputs: "image,columns,note" }, { words: 10, inputs: "" }],
  "column-counts-rows": nothing,
  "column-too-large": [{ value: "98000000000" }],
};
