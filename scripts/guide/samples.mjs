// Sample output of the guide: a block of commands (sh) that is followed by a block of text, which is what they print.
//   <!-- show: data, test -->   before the commands: only rows that begin with these words; the rest becomes "…"
//   <!-- slow -->               before that: the commands take over ten seconds, so tests leave them out
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { demoCommand } from "../demo/commands.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const inFolder = (folder) =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : [];

/** The pages that may hold samples. */
export const pages = ["README.md", "README.zh.md", ...inFolder("docs/guide"), ...inFolder("docs/zh")].filter(
  (page) => page.endsWith(".md") && existsSync(join(root, page)),
);

const longest = 30;
const pattern =
  /(?<slow><!-- slow -->\n+)?(?:<!-- show: (?<show>.*?) -->\n+)?^```sh\n(?<commands>(?:(?!```).*\n)*)```\n\n```text\n(?<output>(?:(?!```).*\n)*)```$/gm;

/** The samples of a page's text, in order. */
export function samplesOf(page, text) {
  return [...text.matchAll(pattern)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    slow: match.groups.slow !== undefined,
    show: match.groups.show?.split(",").map((word) => word.trim()),
    commands: match.groups.commands.replaceAll("\\\n", " ").trim().split("\n"),
    output: match.groups.output,
  }));
}

/** The page's text with other output in its samples. */
export function withOutputs(text, outputs) {
  let i = 0;
  return text.replace(pattern, (block, ...rest) => {
    const { output } = rest.at(-1);
    const next = outputs[i++];
    return next === undefined ? block : `${block.slice(0, block.length - output.length - 3)}${next}\`\`\``;
  });
}

const runsIn = (command) => command.match(/\bruns\/[\w-]+/g) ?? [];
const demo = "npm ci && npm start";
// Depends on the samples that ran before.
const afterEarlierRuns = /^note {7}\d+ earlier runs? used .*\n(?: {11}.*\n)*/m;
const makes = (command) => (command === demo ? "runs/start" : /--out (runs\/[\w-]+)/.exec(command)?.[1]);

/** What commands printed, by folder and command. */
const printed = new Map();

/** Runs a command in the folder. Pages that train with the same command share one run. */
function execute(command, folder) {
  const key = `${folder}\n${command}`;
  const known = printed.get(key);
  if (known !== undefined && makes(command) !== undefined) return known;
  const output = start(command, folder);
  printed.set(key, output);
  return output;
}

function start(command, folder) {
  const program = command
    .replace(/^npx engraft/, `"${process.execPath}" "${join(root, "dist/program/main.js")}"`)
    .replace(
      demo,
      `"${process.execPath}" "${join(root, "dist/program/main.js")}" ${demoCommand("pictures").join(" ")} --out runs/start`,
    );
  if (program === command) throw new Error(`a sample runs engraft and nothing else: ${command}`);
  const made = makes(command);
  if (made !== undefined) rmSync(join(folder, made), { recursive: true, force: true });
  const { stdout } = spawnSync("sh", ["-c", `${program} 2>&1`], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      COLUMNS: "",
      LC_ALL: "C.UTF-8",
      NO_COLOR: "1",
      ENGRAFT_CACHE: join(folder, "cache"),
    },
  });
  return stdout
    .replace(afterEarlierRuns, "")
    .replaceAll(`${folder}/`, "")
    .replaceAll(join(root, "assets/"), "node_modules/engraft/assets/");
}

/** Trains what the command reads and the folder lacks, with the commands of the page that makes it. */
export function prepare(command, folder, samples) {
  for (const run of runsIn(command)) {
    if (run === makes(command) || existsSync(join(folder, run))) continue;
    const sample = samples.find(({ commands }) => commands.some((other) => makes(other) === run));
    if (sample === undefined) throw new Error(`no page makes ${run}: ${command}`);
    for (const other of sample.commands) {
      prepare(other, folder, samples);
      execute(other, folder);
    }
  }
}

/** What the commands of a sample print, shortened as its page says. `samples` are those of all pages. */
export function run({ commands, show }, folder, samples) {
  const lines = commands
    .map((command) => {
      prepare(command, folder, samples);
      return execute(command, folder);
    })
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd())
    // Progress depends on the machine.
    .filter((line) => !/^[a-z ]+ +\d+ \/ \d+ /.test(line));
  return show === undefined ? lines : shorten(lines, show);
}

/** Rows that begin with one of the words, with their indented lines; "…" stands for the others. */
function shorten(lines, show) {
  const shown = [];
  let keep = false;
  for (const line of lines) {
    if (/^\S/.test(line)) keep = show.some((word) => line.startsWith(word));
    if (keep) shown.push(line);
    else if (shown.at(-1) !== "…") shown.push("…");
  }
  return shown;
}

/** @throws if the sample is longer than a page may show */
export function checked({ page, line }, lines) {
  if (lines.length > longest)
    throw new Error(`${page}:${line}: ${lines.length} lines of output, ${longest} are allowed`);
  return lines;
}

/** Output without its numbers, units, times, padding and line breaks: what must not change from machine to machine. */
export function masked(lines) {
  return lines
    .join(" ")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "#")
    .replaceAll(/[−+-]?\d+(?:[.,]\d+)*(?:e[−+-]?\d+)?/g, "#")
    .replaceAll(/# (?:min # s|h # min|min|s|ms)\b/g, "# time")
    .replaceAll(/# [KMG]?B\b/g, "# B")
    .replaceAll(/\s+/g, " ")
    .trim();
}
