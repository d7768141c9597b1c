/** English sentences of the reports of single runs that do not classify pictures or texts. */
import { count } from "../../charts/numbers.js";

const keptEn = (best: string, kept?: "last"): string => {
  if (kept) return "after the last one";
  return best === "0" ? "before the first one" : `after epoch ${best}`;
};

export const runEn = {
  trainsWords: (some: string, all: string, epochs: number, best: string, kept?: "last"): string =>
    `${some} of ${all} parameters, ${epochs === 0 ? "solved without epochs" : `${count(epochs, "epoch")}; the weights ${keptEn(best, kept)} are kept`}`,
  timeWords: (total: string, forecast: string): string => `${total}, forecast ${forecast}`,
  data: "Data",
  parts: (train: string, validation: string, test: string, items: string): string =>
    `${train}${items && ` ${items}`} to train, ${validation} to validate, ${test} to test`,
  precision: "precision",
  recall: "recall",
};
