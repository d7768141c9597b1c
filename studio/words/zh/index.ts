import type { Words } from "../en/index.js";
import { appWords } from "./app.js";
import { resultWords } from "./result.js";
import { runsWords } from "./runs.js";
import { samplesWords } from "./samples.js";
import { startWords } from "./start.js";
import { tasksWords } from "./tasks.js";
import { trainWords } from "./train.js";
import { tryWords } from "./try.js";
import { useWords } from "./use.js";

export const zh: Words = {
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
