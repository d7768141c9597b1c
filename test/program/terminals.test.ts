// Output for every terminal: narrow ones, none at all, and ones without Unicode.
// @module-tag thorough
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { columnsOf } from "../../src/cli/render/labelled.js";
import { cli, engraft, type Ran, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-terminal-"));
const cache = join(root, "cache");
beforeAll(async () => {
  await tinyData(join(root, "data"), { ant: 12, bee: 12 });
  tinyBase(join(root, "base"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const training = (out: string): string[] =>
  `train data --base base --epochs 3 --baselines --seeds 1 --scratch-steps 20 --verbose --out ${out}`.split(
    " ",
  );
const short = (out: string): string[] =>
  `train data --base base --epochs 2 --no-baselines --out ${out}`.split(" ");
const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> =>
  engraft(args, { cache, cwd: root, env });

/** Lines that a terminal would break, although they have a space where they could be wrapped. A command stays one line. */
const broken = (text: string, columns: number): string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => columnsOf(line) > columns && /\S \S/.test(line) && !line.startsWith("next "));
/** Everything but printable characters, tabs and line ends. */
const controls = /(?![\t\n])\p{Cc}/u;

test("in 40 columns no line is broken: a training, its evaluation, a mistake, the help", {
  tags: ["thorough"],
}, async () => {
  const env = { COLUMNS: "40" };
  const trained = await run(training("narrow"), env);
  expect(trained.code).toBe(0);
  expect(broken(trained.err + trained.out, 40)).toEqual([]);
  expect(trained.err).toMatch(/^ epoch {2}val accuracy {4}time$/m);
  expect(trained.out).toMatch(/^next {7}engraft predict \S*narrow\S* PICTURE$/m);
  const evaluated = await run(["eval", "narrow", "data"], env);
  expect(broken(evaluated.err + evaluated.out, 40)).toEqual([]);
  const mistaken = await run(["train", "dato"], env);
  expect([mistaken.code, broken(mistaken.err, 40)]).toEqual([2, []]);
  const bases = await run(["bases"], env);
  expect(broken(bases.out, 40)).toEqual([]);
  expect(bases.out).toContain("name vision-open\n  for pictures\n  input ");
  for (const words of [["--help"], ["train", "--help", "all"], ["train", "--help", "strategies"]])
    expect(broken((await run(words, env)).out, 40)).toEqual([]);
});

test("without a terminal there are no control characters, and progress is no bar", {
  tags: ["thorough"],
}, async () => {
  const { code, err, out } = await run(short("piped"), { NO_COLOR: "", CI: "" });
  expect([code, controls.test(err + out), err.includes("[=")]).toEqual([0, false, false]);
});

test("in a locale without UTF-8 everything is ASCII, and --json is as ever", {
  tags: ["thorough"],
}, async () => {
  const env = { LC_ALL: "C" };
  const { code, err, out } = await run(training("ascii"), env);
  expect(code).toBe(0);
  expect((err + out).match(/[^\t\n -~]/g)).toBe(null);
  const missing = ["train", "no–data", "--json"];
  expect((await run(missing, env)).out).toBe((await run(missing, {})).out);
  expect((await run(missing, env)).out).toContain("no–data");
});

/** The environment of a person's terminal. */
const { NO_COLOR: _colour, CI: _ci, ...ofTerminal } = process.env;

/** Runs a command in a real terminal, which Windows' tests have not. */
function inTerminal(
  words: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>>,
): string {
  const line = `stty cols ${columns} rows 24; exec "${process.execPath}" "${cli}" ${words.join(" ")}`;
  const args =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", line] : ["-qec", line, "/dev/null"];
  const { stdout } = spawnSync("script", args, {
    cwd: root,
    encoding: "utf8",
    env: { ...ofTerminal, ENGRAFT_CACHE: cache, TERM: "xterm", ...env },
  });
  return stdout;
}

if (process.platform !== "win32") {
  test("a terminal of 40 columns has a bar, colours, and no broken line", { tags: ["thorough"] }, () => {
    const text = inTerminal(short("terminal"), 40, {});
    expect(text).toContain("\u001b[1mdata");
    // The bar is drawn over itself, and cut at the edge.
    const lines = stripVTControlCharacters(text)
      .split("\n")
      .filter((line) => !/\[[= ]{12}\]/.test(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(broken(lines.join("\n"), 40)).toEqual([]);
  });

  test.each([
    ["TERM=dumb", { TERM: "dumb" }],
    ["CI", { CI: "true" }],
  ])("a terminal with %s has plain lines", { tags: ["thorough"] }, (_, env) => {
    const text = inTerminal(short(Object.keys(env)[0]!), 80, env);
    expect(text).toContain("accuracy");
    expect(controls.test(text.replaceAll("\r\n", "\n"))).toBe(false);
  });

  test("NO_COLOR leaves colours out", { tags: ["thorough"] }, () => {
    const text = inTerminal(short("colourless"), 80, { NO_COLOR: "1" });
    expect(text).not.toMatch(new RegExp(`${"\u001b"}\\[(?:1|3\\d)m`));
  });
}
