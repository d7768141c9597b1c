import { PixelCache } from "../../data/index.js";
import { arePairs, openTextBody, type TextDataset, textBaseOf, tokensOf } from "../texts/open-texts.js";
import { textChangeOf } from "../texts/text-change.js";
import { textDefaults } from "../texts/text-defaults.js";
import type { OpenLabelInputs } from "./label-inputs.js";

/** Opens the base of texts with several labels. A separate module, because images do not need it. */
export const openTextInputs: OpenLabelInputs = async (given, options, machine) => {
  const opened = await openTextBody(textBaseOf(options), options, { ...machine, pairs: arePairs(given) });
  return {
    opened,
    inputs: async () => {
      const change = await textChangeOf(options, opened);
      return {
        decoded: new PixelCache(0),
        inputs: tokensOf(given as unknown as TextDataset, opened, options.signal, change ? { change } : {}),
        taskDefaults: (runOptions) => textDefaults(runOptions, opened.body),
      };
    },
  };
};
