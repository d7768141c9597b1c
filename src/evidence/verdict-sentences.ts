// Which sentences a verdict consists of. Tables of sentences write them in a language.
import type { Verdict, VerdictDecision, VerdictSentence } from "../core/events/run-outcome.js";
import { savedTime } from "../core/results/baseline.js";
import { baselineNames } from "../core/results/baseline-names.js";
import { fewestSamples } from "../statistics/index.js";

/** A verdict before its sentences. */
export type VerdictFacts = Omit<Verdict, "words" | "decision" | "sentences">;

/**
 * Returns the decision, and the sentences about it: what a reader must know first, the decision with its numbers, the study
 * that would answer an open question, the course of training from scratch, and the baselines.
 * @param repeatable true if the command takes --seeds, "same" if other seeds give the same
 */
export function sentencesOf(
  facts: VerdictFacts,
  repeatable: boolean | "same",
): Pick<Verdict, "decision" | "sentences"> {
  const decision = decisionOf(facts);
  return {
    decision,
    sentences: [
      ...warningOf(facts),
      ...(facts.kept_start ? ["kept start" as const] : []),
      decision,
      ...restOf(facts, decision, repeatable),
      ...courseOf(facts),
      ...baselinesOf(facts),
    ],
  };
}

function decisionOf(facts: VerdictFacts): VerdictDecision {
  const { kind, why = "one sample" } = facts;
  if (kind === "scratch not learnt")
    return savedTime(facts) ? "nothing learnt, saved time" : "nothing learnt";
  if (kind === "scratch improving") return savedTime(facts) ? "improving, saved time" : "improving";
  if (kind === "no interval") return why === "one sample" ? "few samples" : why;
  return kind;
}

function warningOf({ items, few }: VerdictFacts): VerdictSentence[] {
  if (items < fewestSamples) return ["nothing comparable"];
  if (few === undefined) return [];
  return [few.items === 0 ? "class without samples" : "class with few samples"];
}

/** Returns what belongs to the decision. */
function restOf(
  facts: VerdictFacts,
  decision: VerdictDecision,
  repeatable: boolean | "same",
): VerdictSentence[] {
  const { seeds, needed, ahead, gain, scratch_learnt: learnt } = facts;
  const repeat = repeatable ? "seeds would tell" : "not known of others";
  if (decision === "baseline better") {
    const other = learnt === false ? "it learnt nothing" : gain > 0 ? "ahead only of it" : "not ahead of it";
    return seeds === 1 && repeatable !== "same" ? [other, repeat] : [other];
  }
  if (decision === "one training") return ahead ? ["rival ahead", repeat] : [repeat];
  if (decision !== "undecided" || needed === undefined) return [];
  return [needed.seeds === null && needed.items === null ? "out of reach" : "study"];
}

/** Returns how long training from scratch took, or that it was cut short or not made. */
function courseOf({
  kind,
  scratch_ended: ended,
  effort,
  without_scratch: without,
}: VerdictFacts): VerdictSentence[] {
  if (without) return ["no scratch"];
  if (kind === "scratch not learnt" || kind === "scratch improving") return [];
  if (ended === "budget") return ["scratch cut short"];
  if (ended !== "stopped improving" || kind !== "better" || !effort) return [];
  return [effort.transfer ? "both steps" : "scratch steps"];
}

function baselinesOf(facts: VerdictFacts): VerdictSentence[] {
  const { left_out: left = [] } = facts;
  const probe = probeOf(facts);
  return [...probe, ...bestOf(facts, probe.length > 0), ...(left.length > 0 ? ["left out" as const] : [])];
}

/** Says that training more than the head did not help, if the difference shows it. */
function probeOf({ probe }: VerdictFacts): VerdictSentence[] {
  if (probe?.finding === "equivalent" && probe.ci90) return ["probe as good"];
  return probe?.finding === "worse" && probe.ci95 ? ["probe better"] : [];
}

/** Names the best baseline, unless another sentence does. */
function bestOf(
  { best_baseline: best, kind, ahead, subject, against }: VerdictFacts,
  probeNamed: boolean,
): VerdictSentence[] {
  if (best === undefined) return [];
  const other = subject === "model" ? against : baselineNames.scratch;
  const otherNamed = kind === "better" || kind === "worse" || kind === "scratch not learnt";
  const aheadNamed = kind === "baseline better" || kind === "baseline ahead" || kind === "one training";
  const named =
    (best.name === other && otherNamed) ||
    (best.name === ahead?.name && aheadNamed) ||
    (best.name === baselineNames.probe && probeNamed);
  return named ? [] : ["best baseline"];
}
