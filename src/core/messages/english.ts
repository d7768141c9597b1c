/** English sentences of what a run records: one table, made of one for each family of sentences. */
import { groupEn } from "./group-en.js";
import { levelEn } from "./level-en.js";
import { noteEn } from "./note-en.js";
import { recipeEn } from "./recipe-en.js";
import { soundEn } from "./sound-en.js";
import { splitEn } from "./split-en.js";
import { strategyEn } from "./strategy-en.js";
import { warningEn } from "./warning-en.js";

export const english = {
  ...groupEn,
  ...levelEn,
  ...noteEn,
  ...recipeEn,
  ...soundEn,
  ...splitEn,
  ...strategyEn,
  ...warningEn,
};
