import type { ImageInput, PredictImages } from "../../inference/image-input.js";
import type { ComposedModel, ComposedOptions } from "../composed/composed-model.js";
import type { SoundInput } from "../sounds/sound-model.js";
import type { TextOrPair } from "../texts/require-texts.js";
import type { Estimate, NumbersKnown } from "./estimates.js";

type NumberModel<Task, Given> = ComposedModel<Task, Given, Estimate[]> & NumbersKnown["about"];

/** Model of numbers from pictures: it predicts for one, or for each of several. */
export interface Regressor extends Omit<NumberModel<"image-regression", ImageInput>, "predict"> {
  readonly predict: PredictImages<Estimate[], ComposedOptions>;
}

/** Model of numbers from sounds. */
export interface SoundRegressor extends NumberModel<"audio-regression", SoundInput> {
  /** Samples per second of a sound that is given as samples. */
  readonly rate: number;
}

/** Model of numbers from texts, or from pairs of texts. */
export interface TextRegressor extends NumberModel<"text-regression", TextOrPair> {
  /** True if the model takes pairs of texts: [first, second]. */
  readonly pairs: boolean;
}
