import { arePairs, openTextBody, type TextDataset, textBaseOf, tokensOf } from "../texts/open-texts.js";
import { textChangeOf } from "../texts/text-change.js";
import { textDefaults } from "../texts/text-defaults.js";
import type { InputOpener } from "./input-opener.js";

/** Opens the base of texts. */
export const openTextInputs: InputOpener = async (given, options, machine) => {
  const opened = await openTextBody(textBaseOf(options), options, { ...machine, pairs: arePairs(given) });
  return {
    opened,
    inputs: async (of = given) => {
      const change = await textChangeOf(options, opened);
      return {
        inputs: tokensOf(of as TextDataset, opened, options.signal, change ? { change } : {}),
        defaults: (runOptions) => textDefaults(runOptions, opened.body),
      };
    },
  };
};
