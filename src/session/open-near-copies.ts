import type { BaseModality } from "../core/modalities.js";
import { joined, lowest } from "../data/split/groups.js";
import type { NearCopies, NearCopiesOptions, OpenNearCopies } from "./near-copies.js";

/** The search for near copies of each modality. Its code is loaded on demand: a session has one kind of samples. */
const openers: Readonly<Record<BaseModality, () => Promise<OpenNearCopies>>> = {
  image: async () => {
    const { openNearPictures } = await import("./near-pictures.js");
    const { openNearFeatures } = await import("./near-features.js");
    // Frames of one recording are too alike for an alignment to tell copies apart; their features are nearly equal.
    return both(openNearPictures, openNearFeatures);
  },
  text: async () => (await import("./near-texts.js")).openNearTexts,
  audio: async () => (await import("./near-features.js")).openNearFeatures,
};

/** Returns a search that joins what either one joins. The first one makes the prints. */
const both =
  (first: OpenNearCopies, second: OpenNearCopies): OpenNearCopies =>
  async (options) => {
    const [one, other] = [await first(options), await second(options)];
    return {
      printsOf: (contents) => one.printsOf(contents),
      groupsOf: async (samples) =>
        lowest(joined(await one.groupsOf(samples), Array.from(await other.groupsOf(samples), String))),
      close: async () => {
        await one.close();
        await other.close();
      },
    };
  };

/** Opens the search for near copies among samples of a modality. */
export const openNearCopies = async (
  modality: BaseModality,
  options: NearCopiesOptions,
): Promise<NearCopies> => (await openers[modality]())(options);
