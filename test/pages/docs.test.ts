import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { errorKinds } from "../../src/core/errors.js";
import { engraft } from "../support/fixtures.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const inFolder = (folder: string): string[] =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : [];
const pages = ["README.md", "README.zh.md", ...inFolder("docs/guide"), ...inFolder("docs/zh")].filter(
  (page) => page.endsWith(".md") && existsSync(join(root, page)),
);
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** Every fenced block of a page, with the line it begins on. */
function blocksOf(page: string): Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    language: match[1]!,
    code: match[2]!,
  }));
}

const blocks = pages.flatMap(blocksOf);
const programs = blocks.filter((block) => block.language === "ts");
const fileOf = ({ page, line }: Block): string => `${page.replaceAll(/[^\w]+/g, "-")}-${line}`;

/** Pictures of each class of flowers: the programs show how to call, not what is learnt. */
const pictures = 16;
let folder: string;
beforeAll(async () => {
  // A folder as a reader has it: the package installed, a few pictures.
  folder = mkdtempSync(join(tmpdir(), "engraft-docs-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/engraft"));
  symlinkSync(join(root, "node_modules/@types"), join(folder, "node_modules/@types"));
  const classes = { crack: "daisy", stain: "rose", none: "tulip" };
  for (const [from, to] of Object.entries(classes)) {
    mkdirSync(join(folder, "flowers", to), { recursive: true });
    for (let i = 0; i < pictures; i++) {
      const file = `${String(i).padStart(3, "0")}.jpg`;
      cpSync(join(root, "assets/demo/train", from, file), join(folder, "flowers", to, file));
    }
  }
  cpSync(join(root, "assets/demo/test/stain/000.jpg"), join(folder, "rose.jpg"));
  for (const name of ["messages.csv", "reviews.csv"])
    cpSync(join(root, "assets/demo-texts/messages.csv"), join(folder, name));
  const houses = Array.from(
    { length: 120 },
    (_, i) => `${i % 12},${i % 2 ? "north" : "south"},${(i % 12) * 2.5}`,
  );
  writeFileSync(join(folder, "houses.csv"), ["rooms,side,price", ...houses].join("\n"));
  const people = ["rose", "tulip"].flatMap((name) =>
    Array.from(
      { length: pictures },
      (_, i) => `flowers/${name}/${String(i).padStart(3, "0")}.jpg,${(i * 7) % 40}.5`,
    ),
  );
  writeFileSync(join(folder, "people.csv"), ["file,age", ...people].join("\n"));
  const names = ["Ada", "Grace", "Alan", "Mary", "Emmy"];
  const sentences = Array.from(
    { length: 40 },
    (_, i) =>
      `${names[i % 5]} B-PER\nwas O\nborn O\nin O\n${["London", "Paris", "Rome"][i % 3]} B-LOC\nin O\n${1800 + i} O`,
  );
  mkdirSync(join(folder, "news"));
  writeFileSync(join(folder, "news/train.conll"), sentences.join("\n\n"));
  for (const block of programs) writeFileSync(join(folder, `${fileOf(block)}.ts`), block.code);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the guide has programs in it", () => {
  expect(programs.length).toBeGreaterThan(0);
});

test("every program of the guide has the types it shows", { tags: ["thorough"] }, () => {
  const paths = { engraft: [join(root, "src/index.ts")], "engraft/*": [join(root, "src/*/index.ts")] };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { paths, typeRoots: [join(root, "node_modules/@types")] },
      include: ["*.ts"],
    }),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  let said = "";
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
  } catch (error) {
    said = (error as { stdout?: string }).stdout ?? String(error);
  }
  // The sources have their own check; here only what stands in the guide counts.
  expect(
    said.split("\n").filter((line) => programs.some((block) => line.includes(`${fileOf(block)}.ts`))),
  ).toEqual([]);
});

/** Its program needs a server: test/studies/queue.test.ts makes the same calls. */
const withServer = "docs/guide/queues.md";
for (const block of programs.filter(({ page }) => page !== withServer))
  test(`the program at ${block.page}:${block.line} runs`, {
    tags: block.page === "README.md" ? [] : ["thorough"],
  }, async () => {
    const file = join(folder, `${fileOf(block)}.mjs`);
    writeFileSync(file, transformSync(block.code, { loader: "ts", format: "esm" }).code);
    expect(await outputOf(file)).not.toBe("");
  });

/** Imports a program from its folder, and returns what it prints. The package is loaded once for all of them, as built. */
async function outputOf(file: string): Promise<string> {
  // Vitest would import the sources.
  writeFileSync(join(folder, "import.cjs"), "module.exports = (url) => import(url);");
  const nodesImport: (url: string) => Promise<unknown> = createRequire(file)("./import.cjs");
  const printed: unknown[] = [];
  const print = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(...values));
  const [before, cache] = [process.cwd(), process.env.ENGRAFT_CACHE];
  process.chdir(folder);
  process.env.ENGRAFT_CACHE = join(folder, "cache");
  try {
    await nodesImport(pathToFileURL(file).href);
  } finally {
    process.chdir(before);
    if (cache === undefined) delete process.env.ENGRAFT_CACHE;
    else process.env.ENGRAFT_CACHE = cache;
    print.mockRestore();
  }
  return printed.join("");
}

test("every command of the guide has options that the program knows", async () => {
  const lines = blocks
    .filter((block) => block.language === "sh")
    .flatMap((block) => block.code.replaceAll("\\\n", " ").split("\n"))
    .filter((line) => line.startsWith("npx engraft "));
  expect(lines.length).toBeGreaterThan(5);
  const help = new Map<string, string>();
  for (const line of lines) {
    const [command = "", ...words] = line.slice("npx engraft ".length).trim().split(/\s+/);
    if (!help.has(command)) help.set(command, (await engraft([command, "--help", "all"])).out);
    for (const option of words.filter((word) => word.startsWith("--")))
      expect(help.get(command), line).toContain(option);
  }
});

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test("links between pages lead to a file, and to a heading of it", () => {
  for (const page of [...pages, "CHANGELOG.md"]) {
    for (const [, target = "", anchor] of textOf(page).matchAll(
      /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g,
    )) {
      const file = target === "" ? page : join(page, "..", target);
      expect(existsSync(join(root, file)), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(file), `${page}: ${target}#${anchor}`).toContain(anchor);
    }
  }
});

test("a page of the guide has at most 120 lines", () => {
  const long = inFolder("docs/guide").filter((page) => textOf(page).trimEnd().split("\n").length > 120);
  expect(long).toEqual([]);
});

test("the guide's index names every page", () => {
  for (const folder of ["docs/guide", "docs/zh"]) {
    const files = inFolder(folder).filter((page) => !page.endsWith("README.md"));
    const index = textOf(folder === "docs/zh" ? "README.zh.md" : "docs/guide/README.md");
    expect(files.filter((file) => !index.includes(file.split("/").at(-1)!))).toEqual([]);
  }
});

test("troubleshooting names every kind of error", () => {
  const page = textOf("docs/guide/troubleshooting.md");
  for (const [kind, { means }] of Object.entries(errorKinds))
    expect(page, means).toContain(`| \`${kind}\` |`);
});
