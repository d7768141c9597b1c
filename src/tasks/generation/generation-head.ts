import type { TrainingHead } from "../../run/context.js";
import { languageModelling } from "../../train/objectives/language-objective.js";
import type { Language } from "./language.js";
import { lossesOf, meanOf } from "./scores.js";

/** Returns the head of a decoder: its own last layer, with the loss of each predicted token. */
export function generationHead({ model, trainRows, validation, data }: Language): TrainingHead {
  const chance = Math.log(model.tokens);
  const { places } = trainRows(data.seed);
  return {
    // For each place: the loss, and whether the correct token has the highest score.
    outputs: 2,
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
    async validate(evaluate, _held, signal) {
      const { loss } = meanOf(await lossesOf(evaluate, validation.rows, signal));
      return { score: -Math.exp(loss), loss };
    },
  };
}
