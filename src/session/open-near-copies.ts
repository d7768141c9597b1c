import type { BaseModality } from "../core/modalities.js";
import type { NearCopies, NearCopiesOptions, OpenNearCopies } from "./near-copies.js";

/** The search for near copies of each modality. Its code is loaded on demand: a session has one kind of samples. */
const openers: Readonly<Record<BaseModality, () => Promise<OpenNearCopies>>> = {
  image: async () => (await import("./near-pictures.js")).openNearPictures,
  text: async () => (await import("./near-texts.js")).openNearTexts,
  audio: async () => (await import("./near-features.js")).openNearFeatures,
};

/** Opens the search for near copies among samples of a modality. */
export const openNearCopies = async (
  modality: BaseModality,
  options: NearCopiesOptions,
): Promise<NearCopies> => (await openers[modality]())(options);
