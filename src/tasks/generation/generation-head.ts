import { placeColumns } from "../../bases/language-model.js";
import type { TrainingHead } from "../../run/context.js";
import { languageModelling } from "../../train/objectives/language-objective.js";
import type { Language } from "./language.js";
import { validateLanguage } from "./validate-language.js";

/** Returns the head of a decoder: its own last layer, with the loss of each predicted token. */
export function generationHead({
  model,
  trainRows,
  validation,
  data,
  format,
  chats,
}: Language): TrainingHead {
  const chance = Math.log(model.tokens);
  const { places, count: trained } = trainRows(data.seed);
  const { tokenizer, length } = format;
  return {
    outputs: placeColumns,
    network: () => model.graph,
    objective: ({ penalties }) => languageModelling(places, penalties),
    guessing: {
      loss: chance,
      words: `guessing among ${model.tokens} tokens costs ${chance.toPrecision(3)}`,
    },
    streams: ({ seed, signal }, { batch }) => {
      const rows = trainRows(seed);
      return {
        feeds: (epoch, from) => rows.feeds(epoch, from, batch, signal),
        stepsPerEpoch: Math.max(1, Math.ceil(rows.count / batch)),
      };
    },
    metric: "perplexity",
    validate: (evaluate, _held, signal) =>
      validateLanguage(evaluate, validation.rows, {
        ...{ tokenizer, length, trained, ends: chats?.ends, signal },
      }),
  };
}
