import type { runEn } from "../../../src/core/messages/run-en.js";
import { baselineNames } from "../../../src/core/results/baseline-names.js";
import { type Examples, nothing } from "./examples.js";

export const runExamples: Examples<typeof runEn> = {
  "features-not-kept": [{ why: "ENOSPC" }],
  "features-damaged": [
    { removed: true, why: "ENOSPC" },
    { removed: false, why: "ENOSPC" },
  ],
  "one-thread": nothing,
  "report-not-written": [{ why: "ENOSPC" }],
  "report-not-again": [{ why: "ENOSPC" }],
  "insights-stopped": nothing,
  "insights-failed": [{ why: "ENOSPC" }],
  "explanations-stopped": nothing,
  "explanations-failed": [{ why: "ENOSPC" }],
  "events-not-kept": [{ why: "ENOSPC" }],
  "other-machine": [{ machine: "linux x64, 4 cores" }],
  "other-threads": [{ before: 2, now: 4 }],
  "waits-for-run": [{ folder: "runs/one" }],
  "test-usage-unknown": [{ why: "EROFS" }],
  "no-scratch-baseline": [{ why: "no gradient for TopK" }],
  "no-term-twice": [{ baseline: baselineNames.tf_idf }],
  "nothing-kept-in-tab": [{ why: "private window" }],
  "low-transferability": [
    { finding: "little", n: 40, probe: "50.0", majority: "48.0", advice: "none" },
    {
      ...{ finding: "pixels", n: 40, probe: "70.0", pixels: "100.0", advice: "safe" },
      lead: { gain: "-30.0", low: "-45.0", high: "-15.0" },
    },
    { finding: "little", n: 40, probe: "50.0", majority: "48.0", pixels: "90.0", advice: "baselines" },
  ],
  diverged: [
    { stage: "finetune", words: "loss", rate: "0.1", epoch: 0 },
    { stage: "finetune", words: "loss", rate: "0.1", epoch: 2, suggested: "0.001" },
  ],
  "features-alike": [
    { pictures: 1, first: "a.png", other: "b.png", test: true },
    { pictures: 3, first: "a.png", other: "b.png", test: false },
  ],
};
