import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { leftAfter } from "./half-files.js";
import { jsonPieces, ManifestFolder, sharedTypes, workIn, workInNew } from "./manifest-folder.js";
import { manifestFormat } from "./run-manifest.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-study-"));
afterAll(() => rmSync(folder, { recursive: true }));

type StudyManifest = { readonly format: number; readonly data: string; readonly options: object };

class Study extends ManifestFolder<StudyManifest> {
  static readonly kind = {
    ...({ file: "curve.json", what: "study", resume: "engraft curve --resume" } as const),
    types: { format: sharedTypes.format, data: sharedTypes.data, options: sharedTypes.options },
  } as const;
}

test("half files that a killed process left in a study are removed when it is worked in again; one that a worker may still write stays", async () => {
  const path = join(folder, "study");
  await workInNew(
    Study,
    nodePlatform,
    path,
    { format: manifestFormat, data: folder, options: {} },
    async () => undefined,
  );
  const fresh = "..check-1f.0123456789ab.tmp";
  const before = new Date(Date.now() - 2 * leftAfter);
  for (const name of [".curve.json.0123456789ab.tmp", ".report.html.0123456789ab.tmp", "notes.tmp", fresh]) {
    writeFileSync(join(path, name), "half");
    if (name !== fresh) utimesSync(join(path, name), before, before);
  }
  await workIn(Study, nodePlatform, path, async () => undefined);
  expect(readdirSync(path).sort()).toEqual([fresh, "curve.json", "notes.tmp"]);
});

test("a manifest in pieces is its indented JSON", () => {
  const run = { label: "a\nb", seed: 0, scores: [1, Number.NaN, undefined], none: undefined, empty: {} };
  const values = [
    { format: 2, result: { runs: [run, run, null, [], [[run]]], winner: null, notes: [] }, none: undefined },
    ...[[], {}, null, 5, "text", [undefined, [undefined]], { a: undefined }],
  ];
  for (const value of values)
    expect([...jsonPieces(value)].join("")).toBe(`${JSON.stringify(value, undefined, 2)}\n`);
});

test("a large manifest has several pieces, of which each is short", () => {
  const runs = Array.from({ length: 20_000 }, (_, seed) => ({ label: "probe", seed }));
  const lengths = Array.from(jsonPieces({ result: { runs } }), ({ length }) => length);
  expect(lengths.length).toBeGreaterThan(10);
  expect(Math.max(...lengths)).toBeLessThan(2 ** 17);
});
