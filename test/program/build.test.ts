// A checkout that cannot be built: the last build stays and runs, and the message names each place.
import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { readTarball, requireContents } from "../../scripts/pack.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-build-"));
const checkout = join(folder, "checkout");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

/** Copies tracked files. A link stays a link, also one to a file that does not exist. */
function copyTracked(...names: string[]): void {
  const list = execFileSync("git", ["ls-files", "-z", "--", ...names], { cwd: root, encoding: "utf8" });
  for (const file of list.split("\0").filter((name) => name !== "")) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    if (lstatSync(join(root, file)).isSymbolicLink())
      symlinkSync(readlinkSync(join(root, file)), join(checkout, file));
    else cpSync(join(root, file), join(checkout, file));
  }
}

beforeEach(() => {
  rmSync(checkout, { recursive: true, force: true });
  const builds = ["build", "build.mjs", "browser-bundle.mjs", "studio-bundle.mjs", "start.mjs", "demo"];
  copyTracked("bin", "package.json", "package-lock.json", ...builds.map((name) => `scripts/${name}`));
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"), "junction");
  // A small program in place of Engraft's.
  write("dist/program/main.js", 'console.log("the last build runs", ...process.argv.slice(2));\n');
  write("dist/platform/process/node-limits.js", "export const requireLimits = () => undefined;\n");
  write("dist/sources.json", "{}");
  write("src/first.ts", "export const first = 1;\n");
  write("src/second.ts", "export const one = 1;\n\nexport const two = ;\n");
});

function run(command: string, args: readonly string[], options: object = {}) {
  // npm passes its settings to the processes that it starts.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(command, args, { cwd: checkout, env, ...options }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout: String(stdout), stderr: String(stderr) }),
    );
  });
}
const node = (...args: string[]) => run(process.execPath, args);

const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
const place =
  '  src/second.ts:3:20: Unexpected ";"\n  help: correct src/second.ts; the next command builds again\n';

test.each(["bin/engraft.mjs", "scripts/start.mjs"])("%s runs the last build and says so", async (program) => {
  const { code, stdout, stderr } = await node(program, "train");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "the last build runs train\n" });
  const first = `warning: the sources do not compile\\. This command runs the build of ${time}\n`;
  expect(stderr.replace(new RegExp(`^${first}`), "")).toBe(place);
});

test.each(["bin/engraft.mjs", "scripts/start.mjs"])(
  "%s names the errors if a build was killed",
  async (program) => {
    // The file that a build writes last.
    rmSync(join(checkout, "dist/sources.json"));
    expect(await node(program, "train")).toEqual({
      code: 1,
      stdout: "",
      stderr: `BuildError: the sources do not compile. dist/ has no complete build\n${place}`,
    });
  },
);

test("npm run build names the errors and changes nothing in dist/", async () => {
  const { code, stdout, stderr } = await node("scripts/build.mjs", "--types");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const first = `BuildError: the sources do not compile\\. dist/ keeps the build of ${time}\n`;
  expect(stderr.replace(new RegExp(`^${first}`), "")).toBe(place);
  expect(readdirSync(join(checkout, "dist")).sort()).toEqual(["platform", "program", "sources.json"]);
  expect(readdirSync(checkout).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a package that is missing is named", async () => {
  rmSync(join(checkout, "node_modules"));
  const { stdout, stderr } = await node("bin/engraft.mjs");
  expect(stdout).toBe("the last build runs\n");
  expect(stderr).toMatch(/^warning: esbuild cannot be loaded: .*esbuild.*\n {2}help: run npm ci\n$/);
});

test("a build is moved into dist/ whole, and a changed, new or deleted source makes it stale", async () => {
  const at = pathToFileURL(join(checkout, "scripts/build/stage.mjs")).href;
  const { openStage, writeStaged, moveStaged, readSources, isFresh } = await import(/* @vite-ignore */ at);
  const killed = join(checkout, "dist.4194305.0.tmp");
  mkdirSync(killed);
  utimesSync(killed, 0, 0);
  write("dist/browser/chunk-OLDOLDOL.js", "");
  write("dist/first.d.ts", "");
  write("dist/deleted.d.ts", "");
  write("dist/made-by-npm-run-build/engraft-1.2.3.tgz", "");
  const move = (types: boolean) => {
    const stage = openStage();
    for (const name of ["program/main.js", "browser/chunk-NEWNEWNE.js", "first.js", "second.js"])
      writeStaged(stage, join(checkout, "dist", name), "");
    moveStaged(stage, readSources(), { types });
    rmSync(stage, { recursive: true });
  };
  expect(isFresh()).toBe(false);
  move(true);
  const marker = join(checkout, "dist/made-by-npm-run-build/npmignore");
  expect([isFresh(), existsSync(killed), existsSync(marker)]).toEqual([true, false, true]);
  const dist = readdirSync(join(checkout, "dist"), { recursive: true, withFileTypes: true });
  expect(
    dist
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort(),
  ).toEqual(
    [
      ...["chunk-NEWNEWNE.js", "main.js", "first.d.ts", "first.js", "second.js"],
      ...["sources.json", "npmignore", "engraft-1.2.3.tgz"],
    ].sort(),
  );
  // Declarations stay right until a source changes.
  move(false);
  expect(existsSync(marker)).toBe(true);
  write("src/third.ts", "");
  expect(isFresh()).toBe(false);
  move(false);
  expect([isFresh(), existsSync(marker)]).toEqual([true, false]);
  rmSync(join(checkout, "src/third.ts"));
  expect(isFresh()).toBe(false);
  move(false);
  // A file of an earlier version, as from a backup.
  utimesSync(join(checkout, "src/first.ts"), 1, 1);
  expect(isFresh()).toBe(false);
});

test("a program that fails while it loads does not start, and its source is named", async () => {
  const at = pathToFileURL(join(checkout, "scripts/build/check-program.mjs")).href;
  const { startFailure } = await import(/* @vite-ignore */ at);
  write("dist/program/main.js", 'import "./chunk.js";\n');
  write("dist/program/chunk.js", "export const a = 1;\n");
  write("dist/program/ort-node-worker.js", 'throw new Error("a worker is not loaded");\n');
  expect(startFailure(join(checkout, "dist"))).toBeUndefined();
  // The map: line 1, column 1 of the chunk is line 1, column 1 of the source.
  const map = { version: 3, sources: ["../../src/second.ts"], names: [], mappings: "AAAA" };
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
  write("dist/program/chunk.js", `undefined.answer;\n//# sourceMappingURL=${url}\n`);
  expect(startFailure(join(checkout, "dist"))).toEqual({
    message: "TypeError: Cannot read properties of undefined (reading 'answer')",
    place: "src/second.ts:1:1",
  });
  write("dist/program/chunk.js", "");
  write("dist/platform/process/node-limits.js", "export const limits = 1;\n");
  expect(startFailure(join(checkout, "dist")).message).toBe(
    "TypeError: bin/engraft.mjs calls requireLimits, which src/platform/process/node-limits.ts does not export",
  );
});

const out = join(folder, "tarballs");
/** Packs the checkout into `out`. @returns the status, the tarballs, and what npm says */
async function pack(...args: string[]) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  const { code, stdout, stderr } = await run("npm", args, { shell: process.platform === "win32" });
  const tarballs = readdirSync(out).concat(readdirSync(checkout).filter((name) => name.endsWith(".tgz")));
  return { code, tarballs, text: stdout + stderr };
}

/** Expects that npm refuses the checkout with each of these words. */
async function expectRefused(...commands: readonly string[]): Promise<void> {
  copyTracked(".npmrc", ".npmignore", "LICENSE");
  rmSync(join(checkout, "dist"), { recursive: true });
  for (const words of commands) {
    const { code, tarballs, text } = await pack(...words.split(" "));
    expect(code, words).not.toBe(0);
    expect(tarballs, words).toEqual([]);
    // With scripts allowed, prepack builds first.
    const reason = words.includes("=false") ? "src/second.ts:3:20" : /ENOENT.*open '.*\.npmignore'/;
    expect(text, words).toMatch(reason);
  }
}
// Git for Windows writes a plain file for a link.
const hasLinks = process.platform !== "win32";

test.runIf(hasLinks)("npm refuses to pack a checkout without a build, with scripts off and on", () =>
  expectRefused(`pack --pack-destination ${out}`, `pack --ignore-scripts=false --pack-destination ${out}`),
);

test.runIf(hasLinks)(
  "npm refuses it with the default destination, and as a dry run",
  { tags: ["thorough"] },
  () => expectRefused("pack", "pack --ignore-scripts", "pack --dry-run", "publish --dry-run"),
);

test("the real sources: npm builds before it packs, and a failed build keeps the last one", {
  tags: ["thorough"],
  timeout: 900_000,
}, async () => {
  rmSync(checkout, { recursive: true });
  copyTracked(".", ":!test", ":!docs", ":!bench");
  mkdirSync(join(checkout, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules")))
    if (!name.startsWith("."))
      symlinkSync(join(root, "node_modules", name), join(checkout, "node_modules", name));
  const { code, tarballs, text } = await pack("pack", "--ignore-scripts=false", "--pack-destination", out);
  expect({ code, count: tarballs.length }, text).toEqual({ code: 0, count: 1 });
  const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const files = readTarball(join(out, tarballs[0]!));
  requireContents(files, manifest);
  expect([...files.keys()].filter((name) => /npmignore|sources\.json|\.tmp$/.test(name))).toEqual([]);
  // Scripts are off in the checkout: npm packs the build that is there.
  expect((await pack("pack", "--pack-destination", out)).tarballs).toEqual(tarballs);

  const commandLine = join(checkout, "src/cli/command-line.ts");
  const right = readFileSync(commandLine, "utf8");
  const page = join(checkout, "studio/main.tsx");
  const rightPage = readFileSync(page, "utf8");
  const edits = [
    [
      commandLine,
      `import "./missing.js";\nimport { missing } from "../core/errors.js";\nmissing();\n${right}`,
      'src/cli/command-line.ts:1:8: Could not resolve "./missing.js"',
    ],
    [page, `const x = ;\n${rightPage}`, 'studio/main.tsx:1:11: Unexpected ";"'],
    [
      commandLine,
      `const early = (undefined as unknown as { a: number }).a;\n${right}\nvoid early;\n`,
      "src/cli/command-line.ts:1:55: TypeError: Cannot read properties of undefined (reading 'a')",
    ],
    // Only TypeScript's compiler knows what a module of Node exports.
    [
      commandLine,
      `import { missing } from "node:fs";\nmissing();\n${right}`,
      "src/cli/command-line.ts:1:10: TS2305: Module '\"node:fs\"' has no exported member 'missing'.",
    ],
  ] as const;
  for (const [file, text, named] of edits) {
    writeFileSync(file, text);
    const { code, stdout, stderr } = await node("bin/engraft.mjs", "--version");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
    expect(stderr.split("\n")[1]).toBe(`  ${named}`);
    expect(stderr).not.toMatch(/^ +at /m);
    writeFileSync(commandLine, right);
    writeFileSync(page, rightPage);
  }
  writeFileSync(commandLine, `${right}\nexport const wrong: number = "text";\n`);
  const { stderr } = await node("scripts/build.mjs", "--types");
  expect(stderr).toMatch(
    /^BuildError: the sources have type errors\. dist\/ keeps the build of .*\n {2}src\/cli\/command-line\.ts:\d+:14: TS2322: /,
  );
});
