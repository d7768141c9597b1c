import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { collectSums, type ExtendOptions, extend, train } from "../../src/index.js";
import { once, tinyBase, tinyData } from "./fixtures.js";

/** Pictures of insects, a base, a first run and their feature sums, in a folder that the tests of a file share. */
export function extendFixtures() {
  const root = mkdtempSync(join(tmpdir(), "engraft-extend-"));
  const path = (...parts: string[]): string => join(root, ...parts);
  const quick = { threads: 1 } as const;
  const pictures = { ...quick, task: "image-classification", baselines: false } as const;
  let runs = 0;
  const fresh = (): string => path(`run-${runs++}`);

  beforeAll(async () => {
    process.env.ENGRAFT_CACHE = path("cache");
    tinyBase(path("base"));
    await tinyData(path("insects"), { ant: 30, bee: 30 });
    await tinyData(path("more"), { cow: 20 }, 500);
    // Pictures of a third tint: the first two are left out by the order of the tints.
    await tinyData(path("three"), { ant: 12, bee: 12, cow: 20 }, 900);
    await tinyData(path("held"), { ant: 15, bee: 15 }, 1300);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const base = path("base");
  const first = once(() =>
    train(path("insects"), { ...pictures, base, strategy: "sums", out: path("first") }),
  );
  const sumsOf = async (data: string, more: object = {}): Promise<string> => {
    const out = `${fresh()}.sums`;
    await collectSums(path(data), { ...quick, base, out, ...more });
    return out;
  };
  const extended = async (sources: readonly string[], options: ExtendOptions = {}) => {
    const out = fresh();
    // A file of sums names no file of this machine.
    const named = sources[0]?.endsWith(".sums") ? { base } : {};
    return { out, ...(await extend(sources, { ...quick, out, ...named, ...options })) };
  };
  return { path, quick, pictures, base, fresh, first, sumsOf, extended };
}
