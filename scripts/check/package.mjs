// Installs the tarball into empty projects and uses it: `node scripts/check/package.mjs [TARBALL]`. Without a tarball
// it packs one. Needs only npm's registry from the network.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { npm, packTarball } from "../pack.mjs";
import { startProgram } from "../start-program.mjs";
import { checkPages } from "./pages.mjs";

const { positionals } = startProgram(import.meta.url, { takes: "[TARBALL]", needs: ["network"] });
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const work = mkdtempSync(join(tmpdir(), "engraft-package-"));
const ort = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).optionalDependencies[
  "onnxruntime-node"
];

/**
 * Environment of this process, without variables that would change an installation, or store or send data outside the
 * work folder.
 */
const env = { ...process.env, ENGRAFT_CACHE: join(work, "cache"), ORT_DISABLE_TELEMETRY: "1" };
delete env.ONNXRUNTIME_NODE_INSTALL;

function project(name, manifest = {}) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, ...manifest }));
  return folder;
}

/** Runs a script in a project. @throws Error with its whole output if it fails */
function node(folder, ...args) {
  try {
    return execFileSync(process.execPath, args, {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw new Error(`node ${args.join(" ")} failed\n${error.stdout}\n${error.stderr}`);
  }
}

function expect(holds, what) {
  if (!holds) throw new Error(what);
}

/** Path of the command line of an installed npm, of a major version. */
function npmOf(major) {
  const folder = project(`npm-${major}`);
  npm(["install", `npm@${major}`, "--no-audit", "--no-fund"], { cwd: folder, env });
  return join(folder, "node_modules/npm/bin/npm-cli.js");
}

/** Adds two classes of the demo data, with the names of the README's examples. */
function addPictures(folder) {
  for (const part of ["train", "test"]) {
    for (const label of ["none", "stain"]) {
      const from = join(root, "assets/demo", part, label);
      const to = join(folder, "flowers", part, label);
      mkdirSync(to, { recursive: true });
      for (const name of readdirSync(from).slice(0, 8)) cpSync(join(from, name), join(to, name));
    }
  }
  cpSync(join(root, "assets/demo/test/stain/000.jpg"), join(folder, "rose.jpg"));
}

/** Returns the README's example of the library. */
function readmeExample() {
  const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
  const found = blocks.map(([, code]) => code).find((code) => code.includes('from "engraft"'));
  expect(found, "the README has no example of the library");
  return found;
}

/** Trains a probe by the command line. Returns the events, and the versions in the run's record. */
function trainByCommand(folder, out) {
  const program = "node_modules/engraft/bin/engraft.mjs";
  const options = ["--strategy", "probe", "--no-cache", "--json", "--out", out];
  const lines = node(folder, program, "train", "flowers", ...options)
    .trim()
    .split("\n");
  const events = lines.map((line) => JSON.parse(line));
  expect(events.at(-1).event === "result", `the last event is ${JSON.stringify(events.at(-1))}`);
  const { versions } = JSON.parse(readFileSync(join(folder, out, "run.json"), "utf8"));
  return { warnings: events.filter((e) => e.code === "runtime").map((e) => e.message), versions };
}

function useByCommand(folder) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const said = node(folder, "node_modules/engraft/bin/engraft.mjs", "--version").trim();
  expect(said === version, `engraft --version says ${said}, package.json ${version}`);
  const native = existsSync(join(folder, "node_modules/onnxruntime-node"));
  const { warnings, versions } = trainByCommand(folder, "run");
  const used = native ? "onnxruntime-node" : "onnxruntime-web";
  expect(used in versions, `run.json names ${JSON.stringify(versions)}, expected ${used}`);
  expect(warnings.length === (native ? 0 : 1), `warnings about the runtime: ${JSON.stringify(warnings)}`);
  return { used, warning: warnings[0] };
}

/** If the native package could not be installed: runs the command in the warning, which must install it. */
function installNative(folder, warning, cli) {
  expect(warning.endsWith(`npm install onnxruntime-node@${ort}`), `the warning names no command: ${warning}`);
  const skip = {
    ...env,
    ...(warning.includes("ONNXRUNTIME_NODE_INSTALL=skip") && { ONNXRUNTIME_NODE_INSTALL: "skip" }),
  };
  npm(["install", `onnxruntime-node@${ort}`], { cwd: folder, env: skip }, cli);
  const { warnings, versions } = trainByCommand(folder, "run-native");
  expect(warnings.length === 0, `still warned: ${warnings}`);
  expect("onnxruntime-node" in versions, `run.json names ${JSON.stringify(versions)}`);
}

function useAsLibrary(folder) {
  writeFileSync(join(folder, "example.mjs"), readmeExample());
  const printed = node(folder, "example.mjs");
  expect(/label: '(none|stain)', score: /.test(printed), `the README's example printed ${printed}`);
  writeFileSync(
    join(folder, "example.cjs"),
    'const { loadModel } = require("engraft");\nconsole.log(typeof loadModel, typeof require("engraft/graph").Graph);\n',
  );
  expect(node(folder, "example.cjs") === "function function\n", "require does not give the library");
}

/**
 * Checks every entry point in a strict project, with each module resolution; the README's example is one of its files.
 */
function checkTypes(folder) {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entries = Object.keys(exports).filter((entry) => exports[entry].types);
  const imports = entries.map((entry, i) => `import * as m${i} from "engraft${entry.slice(1)}";`);
  writeFileSync(join(folder, "example.mts"), readmeExample());
  const all = `${imports.join("\n")}\nexport const all = [${entries.map((_, i) => `m${i}`)}];\n`;
  writeFileSync(join(folder, "entries.mts"), all);
  writeFileSync(
    join(folder, "common.cts"),
    'import engraft = require("engraft");\nexport const train = engraft.train;\n',
  );
  const modes = [
    { module: "nodenext", moduleResolution: "nodenext", files: ["example.mts", "entries.mts", "common.cts"] },
    { module: "node16", moduleResolution: "node16", files: ["example.mts", "entries.mts"] },
    { module: "esnext", moduleResolution: "bundler", files: ["example.mts", "entries.mts"] },
  ];
  for (const { files, ...mode } of modes) {
    const compilerOptions = {
      ...mode,
      ...{ target: "es2022", lib: ["es2023", "dom"], types: [], noEmit: true, strict: true },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    node(folder, join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
  }
}

let step = "";
async function during(what, call) {
  step = what;
  const begin = performance.now();
  const result = await call();
  console.log(`  ${what}: ok, ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  return result;
}

async function main() {
  const [given] = positionals;
  const tarball = given ? resolve(given) : (await during("pack", () => packTarball(work))).path;
  const install = (folder, cli) => npm(["install", tarball], { cwd: folder, env }, cli);
  const plain = project("plain");
  const npm11 = await during("npm 11, its default settings, an empty project", () => {
    const cli = npmOf(11);
    install(plain, cli);
    return cli;
  });
  addPictures(plain);
  const { used, warning } = await during("the command line trains", () => useByCommand(plain));
  console.log(`  (with ${used})`);
  await during("the README's example runs, import and require", () => useAsLibrary(plain));
  await during("TypeScript: nodenext, node16, bundler", () => checkTypes(plain));
  await during("a page built by Vite, and one built by esbuild, train in Chromium", () => checkPages(plain));
  if (warning)
    await during("the command of the warning brings the native runtime", () =>
      installNative(plain, warning, npm11),
    );
  await during("npm 10, its default settings, an empty project", () => {
    const older = project("older");
    install(older, npmOf(10));
    addPictures(older);
    useByCommand(older);
  });
}

try {
  await main();
  console.log("the package installs and runs");
} catch (error) {
  console.error(`  ${step}: failed\n${error.stderr ?? ""}${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
