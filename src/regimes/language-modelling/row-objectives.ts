import { message } from "../../core/messages/message.js";
import type { RowFormat } from "../../tasks/generation/rows.js";

/** Objectives of language modelling, by name. */
export const objectives = {
  masked: {
    name: "masked",
    because: message("masked-modelling"),
    words: ({ share, wholeWords }: RowFormat) =>
      `${Math.round(100 * share)} % of the tokens hidden${wholeWords ? ", whole words together" : ""}: 80 % by the mask, 10 % by another token, 10 % as they are`,
    paper: "Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers, 2019",
  },
  causal: {
    name: "causal",
    because: message("causal-modelling"),
    words: (_format: RowFormat) => "each token from those before it",
    paper: "Radford et al., Language Models are Unsupervised Multitask Learners, 2019",
  },
} as const;
