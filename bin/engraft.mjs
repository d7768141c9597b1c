#!/usr/bin/env node
// This file imports nothing before it has checked the version: an older Node fails while it links the imports.
// The program is dist/program/main.js. A checkout has none at first, or an old one: no install script runs (`.npmrc`),
// so it is built here. If the sources do not compile, the last build runs. An installed package comes built, and without
// scripts/.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 20 || (major === 20 && minor >= 19)) await start();
else {
  process.stderr.write(`Engraft needs Node 20.19 or later; this is ${process.versions.node}\n`);
  process.exitCode = 2;
}

async function start() {
  const { existsSync } = await import("node:fs");
  const build = new URL("../scripts/build.mjs", import.meta.url);
  if (existsSync(build)) {
    const { ensureBuilt } = await import(build.href);
    if (!(await ensureBuilt())) {
      process.exitCode = 1;
      return;
    }
  }
  // Before the program: it consists of many files, and Node aborts if it cannot open them.
  const { requireLimits } = await import("../dist/platform/process/node-limits.js");
  try {
    requireLimits();
  } catch (error) {
    if (process.argv.includes("--json")) {
      const { kind, message, help, exitCode: exit } = error;
      process.stdout.write(`${JSON.stringify({ event: "error", kind, message, help, exit })}\n`);
    }
    process.stderr.write(`${error.format()}\n`);
    process.exitCode = error.exitCode;
    return;
  }
  await import("../dist/program/main.js");
}
