import { joined } from "../data/split/groups.js";
import { groupNearTexts } from "../data/texts/near-texts.js";
import type { OpenNearCopies } from "./near-copies.js";

/** Opens the search for near copies of texts: that of runs. */
export const openNearTexts: OpenNearCopies = async () => ({
  printsOf: async (contents) => contents.map(({ text }) => text),
  async groupsOf(samples) {
    const names = [...new Set(samples.map(({ label }) => label))];
    const labels = samples.map(({ label }) => names.indexOf(label));
    const near = groupNearTexts(samples.length, (i) => samples[i]!.print as string, { labels });
    return joined(
      near,
      samples.map(({ group }) => group),
    );
  },
  close: async () => undefined,
});
