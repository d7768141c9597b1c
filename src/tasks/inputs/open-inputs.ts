import type { LabelUnit } from "../../core/results/labels.js";
import { pictureInputs } from "../../data/index.js";
import { defaults } from "../../options/options.js";
import type { EitherInput } from "../../options/task-capabilities.js";
import { openBody } from "../../run/setup.js";
import type { InputOpener } from "./input-opener.js";

/** Kinds of inputs of tasks that have several, by the name of their samples. */
export const inputOfUnit = {
  pictures: "images",
  texts: "texts",
  clips: "sounds",
} as const satisfies Readonly<Record<LabelUnit, EitherInput>>;

/** Opens the base of images. */
const openImageInputs: InputOpener = async (given, options, { platform, onEvent }) => {
  const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
  const inputsOf = (count: number) => pictureInputs(platform, opened.base.preprocessing, count);
  return { opened, inputs: async ({ items } = given) => ({ inputs: inputsOf(items.length) }) };
};

/** Functions that open inputs. Their code is loaded on demand: a page has one kind of samples. */
const openers: Readonly<Record<LabelUnit, () => Promise<InputOpener>>> = {
  pictures: async () => openImageInputs,
  texts: async () => (await import("./text-inputs.js")).openTextInputs,
  clips: async () => (await import("./sound-inputs.js")).openSoundInputs,
};

/** Opens the base and the inputs of samples of a kind. */
export const openInputs = async (
  unit: LabelUnit,
  ...given: Parameters<InputOpener>
): ReturnType<InputOpener> => (await openers[unit]())(...given);
