import type { LabelUnit } from "../../core/results/labels.js";
import type { EitherInput } from "../../options/task-capabilities.js";
import type { InputOpener } from "./input-opener.js";

/** Kinds of inputs of tasks that have several, by the name of their samples. */
export const inputOfUnit = {
  pictures: "images",
  texts: "texts",
  clips: "sounds",
} as const satisfies Readonly<Record<LabelUnit, EitherInput>>;

/** Functions that open inputs. Their code is loaded on demand: a page has one kind of samples. */
const openers: Readonly<Record<LabelUnit, () => Promise<InputOpener>>> = {
  pictures: async () => (await import("./image-inputs.js")).openImageInputs,
  texts: async () => (await import("./text-inputs.js")).openTextInputs,
  clips: async () => (await import("./sound-inputs.js")).openSoundInputs,
};

/** Opens the base and the inputs of samples of a kind. */
export const openInputs = async (
  unit: LabelUnit,
  ...given: Parameters<InputOpener>
): ReturnType<InputOpener> => (await openers[unit]())(...given);
