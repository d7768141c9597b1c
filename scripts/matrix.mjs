// Writes docs/matrix.md and the table of tasks in README.md from the tables of options, strategies, commands and capabilities: `npm run docs:matrix`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { capabilities, missingCapability } from "../dist/methods/capabilities.js";
import { loopSettings } from "../dist/methods/loop-settings.js";
import { strategies } from "../dist/methods/registry.js";
import { commandNeeds } from "../dist/options/command-needs.js";
import { optionsOfCommand } from "../dist/options/command-options.js";
import { needsOf, optionTable } from "../dist/options/option-table.js";
import { capabilitiesOf } from "../dist/options/task-capabilities.js";
import { taskTable } from "../dist/tasks/task-table.js";
import * as webFunctions from "../dist/web/index.js";

/** Columns: a task, with its inputs if it has several kinds. `data` and `page` are for the README; `webgpu`: tried on WebGPU. */
export const columns = [
  {
    title: "image classes",
    task: "image-classification",
    webgpu: true,
    ...{ data: "a folder for each class", page: "getting-started.md" },
  },
  { title: "image numbers", task: "image-regression", data: "`file,age`", page: "numbers.md" },
  {
    title: "image labels",
    ...{ task: "multi-label-classification", input: "image", data: "`image,labels`", page: "labels.md" },
  },
  { title: "boxes", task: "object-detection", data: "COCO, VOC, Ultralytics, …", page: "boxes-and-masks.md" },
  { title: "masks", task: "image-segmentation", data: "`images/`, `masks/`", page: "boxes-and-masks.md" },
  { title: "text classes", task: "text-classification", data: "`text,label`", page: "texts.md" },
  {
    title: "text labels",
    ...{ task: "multi-label-classification", input: "text", data: "`text,labels`", page: "labels.md" },
  },
  { title: "text numbers", task: "text-regression", data: "`text,score`", page: "numbers.md" },
  { title: "text generation", task: "text-generation", data: "chats, or texts", page: "decoders.md" },
  {
    title: "sound classes",
    task: "audio-classification",
    ...{ data: "a folder for each class", page: "sounds.md" },
  },
  {
    title: "sound labels",
    ...{ task: "multi-label-classification", input: "audio", data: "`audio,labels`", page: "sounds.md" },
  },
  { title: "sound numbers", task: "audio-regression", data: "`audio,pressure`", page: "sounds.md" },
  {
    title: "speech",
    task: "automatic-speech-recognition",
    ...{ data: "`audio,transcript`", page: "speech.md" },
  },
  { title: "entities", task: "token-classification", data: "words with tags (CoNLL)", page: "entities.md" },
  { title: "table classes", task: "tabular-classification", data: "a CSV file", page: "tables.md" },
  { title: "table numbers", task: "tabular-regression", data: "a CSV file", page: "tables.md" },
  {
    title: "several inputs, classes",
    ...{ task: "multimodal-classification", data: "`image,text,label`", page: "several-inputs.md" },
  },
  {
    title: "several inputs, numbers",
    ...{ task: "multimodal-regression", data: "`image,text,age`", page: "several-inputs.md" },
  },
];

/** Values of options whose needs depend on the value. */
const values = {
  lr: { "lr 0.001": 0.001, "lr find": "find" },
  augment: { "augment light, …": "light", "augment typo, …": "typo" },
};

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const escaped = (text) => String(text).replaceAll("|", "\\|");
const row = (...cells) => `| ${cells.map(escaped).join(" | ")} |`;
const table = (head, rows) => [row(...head), row(...head.map(() => "---")), ...rows.map((r) => row(...r))];

/** yes, no, or yes with a model to take weights from. */
function cell(needs, { task, input }) {
  const has = new Set([...capabilitiesOf(task, input), "steps"]);
  if (missingCapability(needs, has) === undefined) return "yes";
  if (has.has("initial weights") && missingCapability(needs, new Set([...has, "pretrained"])) === undefined)
    return "with `--init-from`";
  return "–";
}
const web = new Map(Object.entries(webFunctions));
/** What engraft/web calls the function of a command. */
const webNames = { eval: "evaluate", predict: "load" };
/** The function of a command in a browser, if engraft/web has one. Its worker finds tasks in the task table. */
const inBrowser = (command) => {
  const name = webNames[command] ?? command;
  return typeof web.get(name) === "function" ? `\`${name}\`` : "–";
};
const cells = (needs) => columns.map((column) => cell(needs, column));
const titles = columns.map(({ title }) => title);

/** Strategies and settings have tables of their own. */
const apart = ["strategy", "option"];
const optionRows = Object.entries(optionTable).flatMap(([name, { help, effect }]) =>
  apart.includes(name)
    ? []
    : Object.entries(values[name] ?? { [kebab(name)]: undefined }).map(([title, value]) => [
        `\`${title}\``,
        effect,
        ...cells(needsOf(name, value)),
        help,
      ]),
);

/** Commands that take the options of train, and which of them. */
const trainings = ["train", "compare", "curve", "distill", "multi-task"];
const ofCommands = new Map(trainings.map((name) => [name, new Set(optionsOfCommand(name))]));
const commandRows = Object.keys(optionTable).map((name) => [
  `\`${kebab(name)}\``,
  ...trainings.map((command) => (ofCommands.get(command).has(name) ? "yes" : "–")),
]);

/** Text of docs/matrix.md. */
export function page() {
  const settings = Object.entries(loopSettings).map(([name, { needs = [], description }]) => [
    `\`${kebab(name)}\``,
    ...cells(needs),
    description,
  ]);
  const moves = Object.entries(strategies).map(([name, { needs, does }]) => [
    `\`${name}\``,
    ...cells(needs),
    does,
  ]);
  const commands = Object.entries(commandNeeds).map(([name, needs]) => [
    `\`${name}\``,
    ...cells(needs),
    inBrowser(name),
  ]);
  const words = Object.entries(capabilities)
    .filter(([name]) => columns.some(({ task, input }) => !capabilitiesOf(task, input).includes(name)))
    .filter(([name]) => name !== "steps")
    .map(([name, { says }]) => [
      name,
      columns
        .filter(({ task, input }) => capabilitiesOf(task, input).includes(name))
        .map(({ title }) => title)
        .join(", "),
      says,
    ]);
  return [
    "# What works with what",
    "",
    "`npm run docs:matrix` writes this page from the tables that the program checks options with.",
    "",
    "- **yes**: the option changes the result, the model or the record of a run on this task.",
    "- **with `--init-from`**: a table has no base model. `--init-from MODEL` names a model of another table to start from.",
    "- **–**: refused before anything is trained. The message names the option, the task and what to do instead.",
    "",
    "## Options",
    "",
    "Options of [`train`](guide/training.md). The effect is on the *result* (scores and weights), on *speed* and memory, or on the",
    "*record* (report and files, with the same weights).",
    "",
    ...table(["option", "effect", ...titles, "meaning"], optionRows),
    "",
    "## Settings of the training loop",
    "",
    "Given as `--option NAME=VALUE`. A strategy has settings of its own: see [Strategies](guide/strategies.md).",
    "",
    ...table(["setting", ...titles, "meaning"], settings),
    "",
    "## Strategies",
    "",
    ...table(["strategy", ...titles, "what it trains"], moves),
    "",
    "## Commands",
    "",
    "A tab's worker trains, loads, scores and explains every task: the last column names the function of `engraft/web`. See",
    "[In the browser](guide/browser.md).",
    "",
    ...table(["command", ...titles, "in a browser"], commands),
    "",
    "## Options of the commands that train",
    "",
    "These commands take the options of `train`. They refuse options that they set themselves or cannot use.",
    "",
    ...table(["option", ...trainings.map((name) => `\`${name}\``)], commandRows),
    "",
    "## Capabilities",
    "",
    "An option needs capabilities, and a task has them. These are the ones that some tasks lack, with the end of the message.",
    "",
    ...table(["capability", "tasks that have it", "message"], words),
    "",
  ].join("\n");
}

const [begin, end] = ["<!-- tasks: npm run docs:matrix -->", "<!-- /tasks -->"];

/** The README with its table of tasks written anew. The GPU computes by WebGPU, in Node and in a browser. */
export function withTasks(readme) {
  const lines = table(
    ["task", "your data", "train", "explain", "browser", "GPU"],
    columns.map((column) => [
      `[${column.title}](docs/guide/${column.page})`,
      column.data,
      ...["train", "explain"].map((command) => cell(commandNeeds[command], column)),
      Object.hasOwn(taskTable, column.task) && inBrowser("train") !== "–" ? "yes" : "–",
      column.webgpu ? "WebGPU" : "–",
    ]),
  );
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  return `${readme.slice(0, from + begin.length)}\n\n${lines.join("\n")}\n\n${readme.slice(to)}`;
}

const path = fileURLToPath(new URL("../docs/matrix.md", import.meta.url));
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path, page());
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  writeFileSync(readme, withTasks(readFileSync(readme, "utf8")));
}
