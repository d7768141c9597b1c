import type { BaseModality } from "../../core/modalities.js";
import { pictureInputs } from "../../data/index.js";
import { defaults } from "../../options/options.js";
import { openBody } from "../../run/setup.js";
import type { InputOpener } from "./input-opener.js";

/** Opens the base of images. */
const openImageInputs: InputOpener = async (given, options, { platform, onEvent }) => {
  const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
  const inputsOf = (count: number) => pictureInputs(platform, opened.base.preprocessing, count);
  return { opened, inputs: async ({ items } = given) => ({ inputs: inputsOf(items.length) }) };
};

/** Functions that open inputs. Their code is loaded on demand: a page has one kind of samples. */
const openers: Readonly<Record<BaseModality, () => Promise<InputOpener>>> = {
  image: async () => openImageInputs,
  text: async () => (await import("./text-inputs.js")).openTextInputs,
  audio: async () => (await import("./sound-inputs.js")).openSoundInputs,
};

/** Opens the base and the inputs of samples. */
export const openInputs = async (
  input: BaseModality,
  ...given: Parameters<InputOpener>
): ReturnType<InputOpener> => (await openers[input]())(...given);
