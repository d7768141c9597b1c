import { appWords } from "./app.js";
import { resultWords } from "./result.js";
import { runsWords } from "./runs.js";
import { samplesWords } from "./samples.js";
import { startWords } from "./start.js";
import { tasksWords } from "./tasks.js";
import { trainWords } from "./train.js";
import { tryWords } from "./try.js";
import { useWords } from "./use.js";

/** Sentences of the page. The type of each other language follows from this one: a missing sentence does not compile. */
export const en = {
  app: appWords,
  start: startWords,
  samples: samplesWords,
  train: trainWords,
  result: resultWords,
  try: tryWords,
  use: useWords,
  runs: runsWords,
  tasks: tasksWords,
};

export type Words = typeof en;
