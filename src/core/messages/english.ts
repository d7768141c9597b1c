/** English sentences that runs record: one table, joined from the tables of the families. */
import { dataEn } from "./data-en.js";
import { groupEn } from "./group-en.js";
import { levelEn } from "./level-en.js";
import { noteEn } from "./note-en.js";
import { pairEn } from "./pair-en.js";
import { recipeEn } from "./recipe-en.js";
import { runEn } from "./run-en.js";
import { soundEn } from "./sound-en.js";
import { splitEn } from "./split-en.js";
import { strategyEn } from "./strategy-en.js";
import { warningEn } from "./warning-en.js";

export const english = {
  ...dataEn,
  ...groupEn,
  ...levelEn,
  ...noteEn,
  ...pairEn,
  ...recipeEn,
  ...runEn,
  ...soundEn,
  ...splitEn,
  ...strategyEn,
  ...warningEn,
};
