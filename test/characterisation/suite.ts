import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/index.js";
import type { Case } from "./case.js";
import { machineFamily } from "./machine.js";
import { type RunRecord, recordOf, recordOfRefusal } from "./record.js";
import { differences, read, save, stored } from "./stored.js";
import { type Toy, toysIn } from "./toys.js";

/** Set by `npm run characterise`: "write" stores records; "full" writes complete ones, in which no line is a hash. */
const mode = process.env.ENGRAFT_CHARACTERISE;
const fullFolder = process.env.ENGRAFT_CHARACTERISE_FULL ?? "full-records";

/** Defines a test for each case: it runs, and its record equals the stored one. */
export function characterise(cases: readonly Case[]): void {
  const root = mkdtempSync(join(tmpdir(), "engraft-characterise-"));
  let toy: Toy;
  beforeAll(() => {
    toy = toysIn(join(root, "toys"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const check = async (one: Case): Promise<void> => {
    const { name } = one;
    const record = await recordOfCase(one, toy, root);
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
    test(one.name, { timeout: 180_000, tags: one.thorough ? ["thorough"] : [] }, () => check(one));
}

/** Runs a case in a folder of its own, with a cache of its own. */
export async function recordOfCase(one: Case, toy: Toy, root: string): Promise<RunRecord> {
  const out = join(root, "runs", one.name);
  process.env.ENGRAFT_CACHE = join(root, "caches", one.name);
  const events: EngraftEvent[] = [];
  try {
    const ran = await one.run({ toy, out, onEvent: (event) => events.push(event) });
    return await recordOf(ran, out, events, root);
  } catch (error) {
    return recordOfRefusal(error, events, root);
  } finally {
    if (existsSync(out)) rmSync(out, { recursive: true });
  }
}
