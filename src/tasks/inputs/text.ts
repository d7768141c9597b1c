import type { Sample } from "../../data/index.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { requireTexts, type TextOrPair } from "../texts/require-texts.js";
import type { Input } from "./input.js";

export const textInput: Input<TextOrPair, { readonly pairs: boolean }> = {
  modality: "text",
  // Asked last: a list without pictures and sounds, or the reader says what is wrong with it.
  holds: async () => true,
  async open(platform, path, source, { text: named, known, signal: _signal, onEvent: _onEvent, ...how }) {
    const { openTargetTexts } = await import("../../data/texts/target-texts.js");
    const texts = named === undefined ? undefined : columnNames("text", named);
    return openTargetTexts(platform, path, source, { ...how, texts, fewerClasses: known === true });
  },
  given(item: Sample & { readonly text?: string; readonly pair?: string }) {
    return item.pair === undefined ? item.text! : [item.text!, item.pair];
  },
  async folder(platform, dir, average) {
    const { readTokenFolder } = await import("../../bases/model-folder/token-folder.js");
    const { tokenScores } = await import("../texts/token-scores.js");
    const folder = await readTokenFolder(platform, dir);
    return {
      ...folder,
      about: { pairs: folder.engraft?.pairs === true },
      scores: (session, texts, options) => tokenScores(folder, session, texts, { ...options, average }),
    };
  },
  checked(given, { pairs }) {
    requireTexts(given, pairs);
    return given;
  },
};
