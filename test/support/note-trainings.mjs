// Loaded into each test worker and into each Node process that a test starts (NODE_OPTIONS): notes the trainings that it does.
// A training is a run folder with events that gets a checkpoint or a model. A resumed run has the same folder, so it counts once.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { sep } from "node:path";

const { ENGRAFT_TEST_TRAININGS: log } = process.env;

/** A file of a checkpoint or of a model. The first group is the folder of its run. */
const trained = /^(.+)[\\/](?:state[\\/].+\.safetensors|model(?:[\\/].+)?)$/;
const noted = new Set();

/** @param {unknown} path that is about to be written */
function note(path) {
  const run = trained.exec(String(path))?.[1];
  if (run === undefined || noted.has(run)) return;
  if (!fs.existsSync(run + sep + "run.json") || !fs.existsSync(run + sep + "events.jsonl")) return;
  noted.add(run);
  const { ENGRAFT_TEST_FILE: file, ENGRAFT_TEST_NAME: test } = process.env;
  fs.appendFileSync(log, `${JSON.stringify({ file, test, run })}\n`);
}

if (log !== undefined) {
  // The product writes each file under another name and renames it.
  const { rename } = fs.promises;
  fs.promises.rename = (from, to) => {
    note(to);
    return rename(from, to);
  };
  syncBuiltinESMExports();
}
