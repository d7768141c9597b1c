import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EngraftEvent } from "../../src/index.js";
import { sharedFolder, sharedToys, toyRun } from "../support/shared-runs.js";
import type { Case } from "./case.js";
import { machineFamily } from "./machine.js";
import { type RunRecord, recordOf, recordOfRefusal } from "./record.js";
import { differences, read, save, stored } from "./stored.js";
import { withCache } from "./toys.js";

/** Set by `npm run characterise`: "write" stores records; "full" writes complete ones, in which no line is a hash. */
const mode = process.env.ENGRAFT_CHARACTERISE;
const fullFolder = process.env.ENGRAFT_CHARACTERISE_FULL ?? "full-records";

/** Cases that `npm test` runs: the shared run of each task, and what trains in another way than these. */
const everyChange: readonly string[] = [
  ...["picture-classes-probe", "picture-numbers-probe", "picture-boxes-probe", "picture-masks-probe"],
  ...["sound-classes-probe", "sound-numbers-probe", "transcripts-finetune", "text-classes-probe"],
  "chats-finetune",
  ...["text-labels-probe", "entities-probe", "table-classes-finetune", "table-numbers-finetune"],
  // Fine-tuning of the kinds of head whose shared run is a probe. Journeys and kills fine-tune pictures with classes.
  ...["picture-boxes-finetune", "picture-masks-finetune", "text-labels-finetune", "entities-finetune"],
  ...["picture-classes-lora", "picture-tasks-probe", "distillation-soft"],
  ...["curve-picture-classes", "dry-run-picture-classes", "dry-run-table-classes", "rank-picture-classes"],
];

/** Defines a test for each case: it runs, and its record equals the stored one. */
export function characterise(cases: readonly Case[]): void {
  const check = async (one: Case): Promise<void> => {
    const { name, shared } = one;
    const record = shared ? (await toyRun(shared)).record! : await recordOfCase(one);
    const now = stored(record, machineFamily());
    if (mode === "write") return save(name, now);
    if (mode === "full") {
      mkdirSync(fullFolder, { recursive: true });
      writeFileSync(join(fullFolder, `${name}.json`), `${JSON.stringify(record, undefined, 1)}\n`);
      return;
    }
    const before = read(name);
    expect(before, `there is no record of ${name}: run npm run characterise`).toBeDefined();
    expect(differences(before!, now, record)).toEqual([]);
  };
  for (const one of cases)
    test(one.name, { tags: everyChange.includes(one.name) ? [] : ["thorough"] }, () => check(one));
}

/** Runs a case on the shared toys, in a folder of its own with a cache of its own. */
async function recordOfCase(one: Case): Promise<RunRecord> {
  const root = sharedFolder();
  const out = join(root, "runs", one.name);
  const events: EngraftEvent[] = [];
  return withCache(join(root, "caches", one.name), async () => {
    try {
      const ran = await one.run({ toy: sharedToys(), out, onEvent: (event) => events.push(event) });
      return await recordOf(ran, out, events, root);
    } catch (error) {
      return recordOfRefusal(error, events, root);
    } finally {
      if (existsSync(out)) rmSync(out, { recursive: true });
    }
  });
}
