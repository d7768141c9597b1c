// Values for each code of a message: one file for each table of src/core/messages.
import type { MessageTable } from "../../../src/core/messages/message.js";
import { dataExamples } from "./data-examples.js";
import type { Examples } from "./examples.js";
import { groupExamples } from "./group-examples.js";
import { levelExamples } from "./level-examples.js";
import { noteExamples } from "./note-examples.js";
import { pairExamples } from "./pair-examples.js";
import { recipeExamples } from "./recipe-examples.js";
import { runExamples } from "./run-examples.js";
import { soundExamples } from "./sound-examples.js";
import { splitExamples } from "./split-examples.js";
import { strategyExamples } from "./strategy-examples.js";
import { warningExamples } from "./warning-examples.js";

export const messageExamples: Examples<MessageTable> = {
  ...dataExamples,
  ...groupExamples,
  ...levelExamples,
  ...noteExamples,
  ...pairExamples,
  ...recipeExamples,
  ...runExamples,
  ...soundExamples,
  ...splitExamples,
  ...strategyExamples,
  ...warningExamples,
};
