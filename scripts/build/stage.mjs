// A build is written to a folder beside dist/ and moved into dist/ when all of it has succeeded. dist/sources.json is
// written last: without it, the files of dist/ may belong to different builds.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const dist = join(root, "dist");

/** What the last complete build was made of: size and time of each source. */
const record = join(dist, "sources.json");
/** Written if dist/ has declarations of the present sources. `.npmignore` links to it: without it, npm refuses to pack. */
const packable = join(dist, "made-by-npm-run-build/npmignore");

/** Returns the files of a folder, of any depth. */
export function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** Returns the files of src/ that are compiled. */
export const sourcesOf = (folder) =>
  filesIn(folder).filter((path) => /\.ts$/.test(path) && !/\.(test|conformance|d)\.ts$/.test(path));

/** Returns size and time of each file that a build reads, as text. */
export function readSources() {
  const files = [
    ...sourcesOf(join(root, "src")),
    ...filesIn(join(root, "studio")),
    ...filesIn(join(root, "scripts/build")),
    ...["build", "browser-bundle", "studio-bundle"].map((name) => join(root, `scripts/${name}.mjs`)),
    join(root, "package-lock.json"),
  ];
  const rows = files.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return [relative(root, path).replaceAll("\\", "/"), `${size} ${mtimeMs}`];
  });
  return JSON.stringify(Object.fromEntries(rows));
}

/** Returns the date of the last complete build, or undefined. */
export function lastBuild() {
  const isThere = existsSync(record) && existsSync(join(dist, "program/main.js"));
  return isThere ? statSync(record).mtime : undefined;
}

/** True if dist/ has a complete build of the present sources. */
export const isFresh = () => lastBuild() !== undefined && readFileSync(record, "utf8") === readSources();

let count = 0;

/** Makes an empty folder as deep as dist/. Removes those of builds that were killed. */
export function openStage() {
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    const pid = /^dist\.(\d+)\.\d+\.tmp$/.exec(name)?.[1];
    // Ten minutes: a process of another container, which uses the same checkout, has a number that is unknown here.
    if (pid && !isAlive(Number(pid)) && Date.now() - statSync(path).mtimeMs > 600_000)
      rmSync(path, { recursive: true, force: true });
  }
  const stage = join(root, `dist.${process.pid}.${count++}.tmp`);
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage);
  return stage;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Writes a file of dist/ to the stage. */
export function writeStaged(stage, path, contents) {
  const to = join(stage, relative(dist, path));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, contents);
}

/** Moves the files of a stage into dist/, and removes what dist/ has from earlier builds. */
export function moveStaged(stage, sources, { types }) {
  const names = filesIn(stage).map((path) => relative(stage, path));
  mkdirSync(dist, { recursive: true });
  // Declarations of the same sources stay right.
  const isSame = existsSync(record) && readFileSync(record, "utf8") === sources;
  rmSync(record, { force: true });
  if (!isSame) rmSync(packable, { force: true });
  // Chunks are named by their content. They come first: another process may read the files that name them.
  const isChunk = (name) => /-[0-9A-Z]{8}\.\w+$/.test(name);
  for (const name of [...names.filter(isChunk), ...names.filter((name) => !isChunk(name))]) {
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    renameSync(join(stage, name), join(dist, name));
  }
  removeOrphans(new Set(names));
  const half = join(stage, "sources.json");
  writeFileSync(half, sources);
  renameSync(half, record);
  if (types) {
    mkdirSync(dirname(packable), { recursive: true });
    writeFileSync(packable, "# npm reads it and ignores it: package.json has the list of files.\n");
  }
}

/** Removes outputs of deleted sources and chunks of earlier builds, which would still be published and imported. */
function removeOrphans(names) {
  for (const path of filesIn(dist)) {
    const name = relative(dist, path);
    const [folder] = name.split(/[\\/]/);
    if (names.has(name) || folder === "made-by-npm-run-build") continue;
    if (/\.d\.ts$/.test(name)) {
      if (existsSync(join(root, "src", name.replace(/\.d\.ts$/, ".ts")))) continue;
      // A process that started before this build still reads its own chunks.
    } else if (folder === "program" && Date.now() - statSync(path).mtimeMs < 60_000) continue;
    rmSync(path, { force: true });
  }
}
