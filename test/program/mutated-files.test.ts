import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { drawsOf, mutateFile } from "../../scripts/mutate/mutations.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the program that changes files and reads them. It exits with 1 if one is a fault: a hang, the end of the process, or an error of Engraft's own. */
const mutate = (...words: string[]) =>
  promisify(execFile)(process.execPath, ["scripts/mutate.mjs", ...words], { cwd: root, maxBuffer: 2 ** 24 })
    .then(({ stdout }) => ({ code: 0, stdout }))
    .catch(({ code, stdout, stderr }) => ({ code, stdout: `${stdout}${stderr}` }));

describe("changed files of every format that is read", () => {
  test("end in a result, or in a reason to refuse them", { tags: ["thorough"] }, async () => {
    const { code, stdout } = await mutate("--count", "3000");
    // The lines behind the table name the faults.
    expect(stdout.split("\n").filter((line) => line !== "" && !line.startsWith("|"))).toEqual([]);
    expect(code).toBe(0);
  });

  test("are the same for the same seed", () => {
    const json = Buffer.from('{"a":[1,2,{"b":"text"}],"c":null}');
    for (const [name, bytes] of [
      ["a.json", json],
      ["a.csv", Buffer.from("a,b\n1,2\n")],
      ["a.png", json],
    ] as const) {
      const changed = (seed: number) =>
        Buffer.from(mutateFile(drawsOf(seed), name, bytes)).toString("latin1");
      const all = Array.from({ length: 100 }, (_, seed) => changed(seed));
      expect(Array.from({ length: 100 }, (_, seed) => changed(seed))).toEqual(all);
      expect(new Set(all).size).toBeGreaterThan(50);
    }
  });
});
