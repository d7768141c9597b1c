// Recordings of the repositories in the catalogue, by name of the base.
import { boxes } from "./boxes.js";
import { pictures } from "./pictures.js";
import type { Recording } from "./recording.js";
import { sounds } from "./sounds.js";
import { texts } from "./texts.js";

export const recordings: Readonly<Record<string, Recording>> = {
  ...pictures,
  ...texts,
  ...boxes,
  ...sounds,
};
