import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A benchmark, or a program of scripts/, with what it declares. */
interface Program {
  readonly name: string;
  readonly file: string;
  readonly declaration: { readonly options?: Readonly<Record<string, unknown>>; readonly needs: string[] };
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code?: number;
}

const node = (...words: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, words, { cwd: root, maxBuffer: 2 ** 24 }).catch((error) => error);

let checked: Ended;
let programs: readonly Program[] = [];
beforeAll(async () => {
  checked = await node("scripts/check/starts.mjs", "--json");
  programs = JSON.parse(checked.stdout);
});

describe("everything committed starts", () => {
  test("scripts import what exists, and programs stop before any work when they are imported", () => {
    expect({ stderr: checked.stderr, code: checked.code }).toEqual({ stderr: "", code: undefined });
  });

  test("each benchmark declares what it needs and its options", () => {
    const files = readdirSync(join(root, "bench")).filter((file) =>
      /^export async function main\(/m.test(readFileSync(join(root, "bench", file), "utf8")),
    );
    const benches = programs.filter(({ file }) => file === "bench/main.mjs");
    expect(benches.map(({ name }) => `${name}.mjs`)).toEqual(files);
  });

  test("each program of scripts/measure declares what it needs and its options", () => {
    const files = readdirSync(join(root, "scripts/measure"))
      .filter((file) => file.endsWith(".mjs"))
      .map((file) => `scripts/measure/${file}`)
      .filter((file) => !/^export /m.test(readFileSync(join(root, file), "utf8")));
    expect(programs.map(({ file }) => file)).toEqual(expect.arrayContaining(files));
  });
});

describe("--check", () => {
  test("prints what a benchmark needs", async () => {
    expect(await node("bench/main.mjs", "report", "--check")).toMatchObject({
      stdout: "report  needs Python with PyTorch\n",
    });
  });

  test("prints what a program needs", async () => {
    expect(await node("scripts/against-pytorch/finetune.mjs", "--check")).toMatchObject({
      stdout:
        "scripts/against-pytorch/finetune.mjs  needs public datasets, public ONNX files, Python with PyTorch\n",
    });
  });

  test("reads the other options", async () => {
    const { stderr, code } = await node("scripts/measure/tables.mjs", "--check", "--seeds", "none");
    expect({ stderr, code }).toEqual({
      stderr: "--seeds needs a whole number above 0, got none\n",
      code: 2,
    });
  });
});

test("a program without its arguments ends with a sentence", async () => {
  const { stderr, code } = await node("scripts/measure/tables.mjs", "only-one");
  expect({ stderr, code }).toEqual({ stderr: "takes DATA OUT, got only-one\n", code: 2 });
});

/** Pages, and scripts with commands in their comments. */
function textFiles(): readonly string[] {
  const below = (folder: string): string[] =>
    (readdirSync(join(root, folder), { recursive: true }) as string[])
      .filter((name) => /\.(md|mjs)$/.test(name))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
  const pages = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [...pages, ...["docs", "bench", "scripts", "assets"].flatMap(below)];
}

interface Command {
  readonly at: string;
  /** File of the program, or name of the npm script. */
  readonly program: string;
  readonly words: string;
}

function commandsIn(file: string): readonly Command[] {
  // A command in a comment may go on in the next lines.
  const text = readFileSync(join(root, file), "utf8").replaceAll(/\n\/\/ {3,}\[/g, " [");
  const commands = text.matchAll(
    /\b(?:node ((?:scripts|bench)\/[\w/.-]+\.mjs)|npm run ([\w:]+))([^`"\n;&|$]*)/g,
  );
  return Array.from(commands, ([, program, script, words]) => ({
    at: file,
    program: (program ?? script) as string,
    words: words as string,
  }));
}

/** Returns what is wrong with a command. */
function wrongWith({ at, program, words }: Command): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const path = program.endsWith(".mjs") ? program : /node (\S+)$/.exec(scripts[program] ?? "")?.[1];
  if (path === undefined) return program in scripts ? [] : [`${at}: there is no npm script ${program}`];
  if (!existsSync(join(root, path))) return [`${at}: there is no ${path}`];
  const bench = path === "bench/main.mjs" ? /^(?: --)? ([a-z][a-z-]*)/.exec(words)?.[1] : undefined;
  const found = programs.find(({ name, file }) => (bench ? name === bench : file === path));
  if (bench && !found) return [`${at}: there is no benchmark ${bench}`];
  const source = readFileSync(join(root, path), "utf8");
  return Array.from(words.matchAll(/(?<=[\s[])--([a-z][a-z-]*)/g), ([, name]) => name as string)
    .filter((name) => !["help", "check", "smallest"].includes(name))
    .filter((name) =>
      found ? !Object.hasOwn(found.declaration.options ?? {}, name) : !source.includes(`--${name}`),
    )
    .map((name) => `${at}: ${bench ?? path} has no option --${name}`);
}

test("commands in pages and comments name programs and options that exist", () => {
  const commands = textFiles().flatMap(commandsIn);
  expect(commands.length).toBeGreaterThan(100);
  expect(commands.flatMap(wrongWith)).toEqual([]);
});
