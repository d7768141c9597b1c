import type { AnySeedsResult, Verdict } from "../../events/run-outcome.js";
import type { BaselineOf } from "../baseline.js";
import type { CommonResult } from "../common-result.js";
import type { GroupFacts } from "../group-facts.js";
import type { SampleSums } from "../scored.js";
import type { Interval, TaskWith } from "../task.js";

/** Edits that turn references into hypotheses, as sums over all clips. */
export interface EditRates {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Words or characters of the references. */
  readonly length: number;
  /** (substitutions + deletions + insertions) / length: 0 is perfect, and insertions can make it larger than 1. */
  readonly rate: number;
  /** Over the speakers if the clips have groups; null with too few of them. */
  readonly ci95: Interval | null;
}

/** One step of the alignment of a transcript with what was recognised: [kind, reference, hypothesis]. */
export type AlignedWord = readonly ["match" | "substitution" | "deletion" | "insertion", string, string];

/** Scores of a speech recogniser. */
export interface TranscriptScores extends GroupFacts {
  /** Number of clips. */
  readonly n: number;
  /** 1 − word error rate. */
  readonly metric: {
    readonly name: "word_accuracy";
    readonly value: number;
    readonly ci95: Interval | null;
    readonly higher_is_better: true;
  };
  readonly words: EditRates;
  readonly characters: EditRates;
  /** Clips without an error. */
  readonly without_error: number;
  /** Errors and words of each clip. */
  readonly scores?: SampleSums;
  /** Clips with the most errors, worst first. */
  readonly worst: readonly {
    readonly item: string;
    readonly reference: string;
    readonly hypothesis: string;
    readonly errors: number;
    readonly words: readonly AlignedWord[];
    /** Start and end of what was recognised in each step, in seconds; null if nothing was. Missing without frames. */
    readonly times?: readonly (readonly [start: number, end: number] | null)[];
  }[];
  /** Word error rate of each group, if there are fewer than 30. */
  readonly by_group?: readonly { readonly name: string; readonly clips: number; readonly rate: number }[];
}

/** A baseline for the same transcripts, on the same data and test split. */
export type TranscriptBaseline = BaselineOf<TranscriptScores>;

/** How a recogniser turns logits into a text. */
export interface DecoderFacts {
  readonly name: "greedy" | "beam";
  /** Order, weight and bonus of the language model of the training transcripts. */
  readonly language_model?: { readonly order: number; readonly weight: number; readonly bonus: number };
}

/** The last event of a run of speech recognition. */
export interface TranscriptResultEvent extends CommonResult {
  readonly task: TaskWith<{ head: "transcript" }>;
  /** Classes of a frame: the blank, `<unk>`, and the characters of the training transcripts. */
  readonly vocabulary: readonly string[];
  readonly normalizer: "none" | "basic";
  /** Unit of the first error rate: "characters" for scripts without spaces. */
  readonly error_unit: "words" | "characters";
  readonly test: TranscriptScores;
  readonly validation: {
    readonly n: number;
    readonly word_error_rate: number;
    readonly word_accuracy: number;
    /** Nats per character. */
    readonly loss: number;
  };
  /** The decoder of `predict`; a page of Transformers.js always decodes greedily. */
  readonly decoder: DecoderFacts;
  /** The same test clips, decoded in another way. */
  readonly by_decoder?: readonly (DecoderFacts & {
    readonly words: EditRates;
    readonly characters: EditRates;
  })[];
  readonly baselines: {
    readonly frequent_transcript?: TranscriptBaseline;
    readonly scratch?: TranscriptBaseline;
  };
  readonly verdict?: Verdict;
  /** With several seeds: the word accuracy of each training; `test` and the model are the first's. */
  readonly by_seed?: AnySeedsResult;
}
