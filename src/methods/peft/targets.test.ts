import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeDecoder } from "../../../test/support/golden-decoders.js";
import { tieTables } from "../../bases/text/tie-tables.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import { unmergeable } from "./merge.js";
import { sitesOf } from "./sites.js";
import { chooseSites } from "./targets.js";

const root = mkdtempSync(join(tmpdir(), "engraft-targets-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("all and auto leave out a last layer that is tied to the word embedding; its name still finds it", () => {
  const { graph } = fromOnnx(readFileSync(join(writeDecoder(join(root, "llama")), "onnx/model.onnx")), {
    emptyCache: true,
  });
  tieTables(graph);
  const sites = sitesOf(graph);
  const chosen = (pattern: string) => chooseSites(graph, sites, pattern, sites, "targets");
  const names = (some: readonly { readonly name: string }[]) => some.map(({ name }) => name).sort();
  const [tied, ...others] = chosen("embed_tokens");
  expect(others).toEqual([]);
  const rest = names(sites).filter((name) => name !== tied!.name);
  // A Llama has seven products in a layer.
  expect(rest.length % 7).toBe(0);
  for (const pattern of ["all", "auto"]) expect(names(chosen(pattern))).toEqual(rest);
  const spec = { kind: "lora", r: 2, alpha: 2, rslora: false, scale: 1, dropout: 0 } as const;
  const places = sites.map(({ name, weight }) => ({ name, at: weight }));
  expect(unmergeable(graph, { ...spec, places })).toEqual([{ name: tied!.name, at: tied!.weight }]);
});
