/** English warnings about failures that do not stop a training. */
import type { BaselineName } from "../results/baseline-names.js";

/** Why something failed, in English. */
export interface Reason {
  readonly why: string;
}

/** A linear probe on the base's features beside simpler models. Shares and points in percent. */
export interface LowTransfer {
  readonly finding: "little" | "pixels";
  readonly n: number;
  readonly probe: string;
  readonly majority?: string;
  readonly pixels?: string;
  /** Of the probe, with its interval. Missing: both are right on the same samples. */
  readonly lead?: { readonly gain: string; readonly low: string; readonly high: string };
}

const adviceEn = {
  safe: "the model from scratch is kept if it is better",
  baselines: "the verdict will tell; --safe would keep whichever is better on validation",
  none: "--baselines tells whether it did, --safe keeps whichever is better on validation",
} as const;
type Advice = keyof typeof adviceEn;

export const runEn = {
  "report-not-written": ({ why }: Reason): string => `the report could not be written: ${why}`,
  "report-not-again": ({ why }: Reason): string => `the report could not be written again: ${why}`,
  "insights-stopped":
    "stopped while the report was made: the model and its scores are whole, the report does not say where the model looks",
  "insights-failed": ({ why }: Reason): string => `the report does not say where the model looks: ${why}`,
  "explanations-stopped":
    "stopped while the report was made: the model and its scores are whole, the report explains no predictions",
  "explanations-failed": ({ why }: Reason): string => `the report explains no predictions: ${why}`,
  "events-not-kept": ({ why }: Reason): string => `the run's events are not recorded any more: ${why}`,
  "features-not-kept": ({ why }: Reason): string =>
    `features are not cached any more in this run, the next one computes them again: ${why}`,
  "features-damaged": ({ removed, why }: Reason & { readonly removed: boolean }): string =>
    `cached features ${removed ? "were damaged and removed" : "could not be read"}, they are computed again: ${why}`,
  "one-thread":
    "one thread only: threads need a cross-origin isolated page, served with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
  "other-machine": ({ machine }: { readonly machine: string }): string =>
    `the run was started on ${machine}: the result will not be bit-identical here`,
  "other-threads": ({ before, now }: { readonly before: number; readonly now: number }): string =>
    `the run was started with ${before} threads: with ${now} the result may differ in the last bits`,
  "waits-for-run": ({ folder }: { readonly folder: string }): string =>
    `waiting for the process that held "${folder}" to give it back, at most 20 s`,
  "test-usage-unknown": ({ why }: Reason): string =>
    `how often this test part was scored before is not known: ${why}`,
  "no-scratch-baseline": ({ why }: Reason): string => `there is no baseline from scratch: ${why}`,
  "no-term-twice": ({ baseline }: { readonly baseline: BaselineName }): string =>
    `${baseline} is not among the baselines: no term occurs in two training texts`,
  "nothing-kept-in-tab": ({ why }: Reason): string =>
    `nothing is kept when this tab is closed, so there are no checkpoints: ${why}`,
  /** The base says little of the classes, or less than the pixels. Shares in percent. */
  "low-transferability": (v: LowTransfer & { readonly advice: Advice }): string =>
    `${v.finding === "little" ? `the base's features say little of these classes: on ${v.n} validation samples a linear probe on them is right in ${v.probe} %, always the most frequent class in ${v.majority} %${v.pixels === undefined ? "" : `, the bare pixels in ${v.pixels} %`}` : `the bare pixels tell these classes apart better than the base's features: on ${v.n} validation samples a linear probe on the features is right in ${v.probe} %, one on the pixels in ${v.pixels} %`} (${v.lead === undefined ? "both are right on the same samples" : `difference ${v.lead.gain} points, from ${v.lead.low} to ${v.lead.high}`}): transfer may not help here; ${adviceEn[v.advice]}`,
  /** @param epoch 0: the weights before the training; suggested: missing if no rate worked */
  diverged: (v: {
    readonly stage: string;
    readonly words: string;
    readonly rate: string;
    readonly epoch: number;
    readonly suggested?: string;
  }): string =>
    `${v.stage} diverged: ${v.words}, at a rate of ${v.rate}; it was ended there, ${v.epoch === 0 ? "the weights it started from" : `the weights of epoch ${v.epoch}`} are kept as the best; ${v.suggested === undefined ? "no rate that the finder tried keeps the loss finite: look at the base, the data and the labels" : `the rate finder suggests --lr ${v.suggested}`}`,
  "features-alike": (v: {
    readonly pictures: number;
    readonly first: string;
    readonly other: string;
    readonly test: boolean;
  }): string =>
    `${v.pictures} held-out ${v.pictures === 1 ? "picture is" : "pictures are"} hardly different from a training picture to the base (${v.other}, ${v.first}): if they are copies or crops, the ${v.test ? "test" : "validation"} score is optimistic; groups (--group-from) keep them on one side`,
};
