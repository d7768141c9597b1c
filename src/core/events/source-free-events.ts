import type { Recipe } from "../messages/message.js";
import type { BaseFacts } from "../results/base-facts.js";
import type { ClassificationScores } from "../results/counts.js";
import type { Interval } from "../results/task.js";
import type { AdaptGain, DomainGuard } from "./adapt-events.js";

/** Share of a class before and after. */
export interface ClassShare {
  readonly name: string;
  /** In the held-out answers of the source. */
  readonly old: number;
  /** In the target, as estimated. */
  readonly share: number;
  /** Bootstrap interval; those of all classes hold at once. Missing without held-out answers to draw from, and for fewer than 10 groups. */
  readonly ci95?: Interval;
}

/** The last event of `adaptModel`, and what it returns: a model whose last layer or backbone was adapted. */
export interface SourceFreeResultEvent {
  readonly event: "result";
  readonly task: "source-free-adaptation";
  /** The run folder, and the model folder in it. */
  readonly run: string;
  readonly model: string;
  readonly method: { readonly name: "label-shift" | "shot" | "shot-head"; readonly paper: string };
  /** The model before. */
  readonly from: string;
  readonly base: BaseFacts;
  /** Unit of the samples: "picture", "text", "clip". */
  readonly unit: string;
  readonly classes: readonly string[];
  readonly target: { readonly root: string; readonly n: number; readonly labelled: boolean };
  /** False: no label shift is seen, and the model predicts as before. */
  readonly changed: boolean;
  /** Number of target samples that get another class than before. */
  readonly other_predictions: number;
  /** Predicted share of each class before and after; of label shift the estimated one. */
  readonly shares: readonly ClassShare[];
  /** Of shot: how the backbone was trained. */
  readonly training?: Recipe;
  /** Of label shift: p of the test that the classes have their old shares. Missing without the source, and for fewer than 10 groups. */
  readonly shares_p?: number;
  /** Of label shift: held-out answers of the source; missing if the source is gone. */
  readonly held?: number;
  /** Of label shift. */
  readonly guard?: DomainGuard;
  /** True if prediction sets and confidence threshold of the model before are left out. */
  readonly trust_left_out?: true;
  /** True if `force` kept a result that would be refused. */
  readonly forced?: true;
  /** Scores on the labelled target of the model before and of the new one. Missing without labels. */
  readonly before?: ClassificationScores;
  readonly test?: ClassificationScores;
  readonly gain?: AdaptGain;
  readonly seed: number;
  readonly seconds: number;
}
