import type { Verdict } from "../../src/core/events/events.js";
import { sentencesOf, type VerdictFacts } from "../../src/evidence/verdict-sentences.js";

const kinds = {
  positive: ["better", 0.2],
  neutral: ["equivalent", 0.001],
  negative: ["worse", -0.2],
  inconclusive: ["undecided", 0.03],
} as const;

/** @param transfer with which an interval around `gain` goes */
export function exampleVerdict(transfer: Verdict["transfer"], more: Partial<Verdict> = {}): Verdict {
  const [kind, gain] = kinds[transfer];
  const interval = [gain - 0.1, gain + 0.1] as const;
  const facts: VerdictFacts = {
    ...{ transfer, kind, subject: "transfer", metric: "accuracy", samples: "pictures" },
    ...{ gain, ci95: interval, ci90: interval, margin: 0.01, p: 0.03, seeds: 1 },
    ...{ items: 300, of: "models", values: { a: 0.6 + gain, b: 0.6 } },
    ...more,
  };
  const words = "Transfer made a difference that somebody measured.";
  return { words, ...facts, ...sentencesOf(facts, true), ...more };
}
