#!/usr/bin/env node
// The program is dist/program/main.js. A checkout has none at first, or an old one: no install script runs (`.npmrc`),
// so it is built here, in a fraction of a second. An installed package comes built, and without scripts/.
import { existsSync } from "node:fs";

const build = new URL("../scripts/build.mjs", import.meta.url);
if (existsSync(build)) {
  const { buildAll, isFresh } = await import(build.href);
  if (!isFresh()) await buildAll();
}
await import("../dist/program/main.js");
