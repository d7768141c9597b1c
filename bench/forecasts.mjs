// Writes docs/forecasts.md: forecast and actual time of each training command of the README, on bundled or generated
// data, each in a new process and run folder with an empty cache.
import { spawn } from "node:child_process";
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
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wilsonInterval } from "../dist/statistics/index.js";
import { demoCommand } from "../scripts/demo/commands.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const within = 0.25;

/** The README's commands; {@link writeData} creates their data. `npm start` is measured unchanged. */
const commands = {
  "npm start -- pictures --baselines --seeds 1 --scratch-steps 300": demoCommand("pictures", [
    ...["--baselines", "--seeds", "1", "--scratch-steps", "300"],
  ]),
  "npm start -- text": demoCommand("text"),
  "train ./flowers": ["train", "flowers"],
  "train ./flowers --strategy probe": ["train", "flowers", "--strategy", "probe"],
  "train ./flowers --baselines --seeds 3": ["train", "flowers", "--baselines", "--seeds", "3"],
  "train ./flowers --strategy lora --adapter-only": [
    ...["train", "flowers", "--strategy", "lora", "--adapter-only"],
  ],
  "train houses.csv --target price": ["train", "houses.csv", "--target", "price"],
  "train reviews.csv": ["train", "reviews.csv"],
  "train reviews.csv --strategy setfit": ["train", "reviews.csv", "--strategy", "setfit"],
  "train messages.csv --labels late,damaged": ["train", "messages.csv", "--labels", "late,damaged"],
  "train english.csv --test chinese.csv": ["train", "english.csv", "--test", "chinese.csv"],
  "train ./news --task entities": ["train", "news", "--task", "entities"],
  "distill ./flowers --teacher runs/large": ["distill", "flowers", "--teacher", "runs/large"],
  "multi-task shop.csv --labels colour,shape": ["multi-task", "shop.csv", "--labels", "colour,shape"],
  "adapt ./photos ./drawings": ["adapt", "photos", "drawings"],
};

const options = {
  only: {
    type: "string",
    default: "",
    about:
      "only the commands that hold this; the page keeps its other rows, if it is of this day and machine",
  },
  rewrite: { type: "boolean", about: "measure nothing: write the page anew from its rows" },
};

export const bench = {
  about: "docs/forecasts.md anew: what the README's commands say that they take, and what they take",
  needs: [],
  options,
  smallest: { only: "train houses.csv" },
};

export async function main(options) {
  if (options.rewrite) {
    const lines = readFileSync(page, "utf8").split("\n");
    writePage(
      rowsOf(lines),
      lines.find((line) => line.startsWith("Measured on ")),
    );
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "engraft-forecasts-"));
  const rows = [];
  try {
    writeData(folder);
    for (const [name, words] of Object.entries(commands)) {
      if (!name.includes(options.only)) continue;
      if (words.includes("runs/large") && !existsSync(join(folder, "runs/large")))
        await measured(folder, ["train", "flowers", "--no-baselines", "--out", "runs/large"], "cache");
      const row = { name, ...(await measured(folder, words)) };
      rows.push(row);
      console.log(options.json ? JSON.stringify(row) : `${name}: ${told(row).join("  ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (options.smallest) return;
  const kept = options.only === "" ? [] : keptRows();
  if (kept) writePage([...kept, ...rows.map((row) => [row.name, told(row)])]);
  else console.error("docs/forecasts.md is of another day or machine, and stays as it is: measure all of it");
}

/**
 * Runs a command with an empty cache. @returns forecast and actual time and memory of its result, and the seconds of
 * the process
 */
async function measured(cwd, words, kept) {
  const cache = kept ? join(cwd, kept) : mkdtempSync(join(cwd, "cache-"));
  const out = words.includes("--out") ? [] : ["--out", mkdtempSync(join(cwd, "out-"))];
  const begin = performance.now();
  const lines = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [at("../dist/program/main.js"), ...words, "--json", ...out], {
      cwd,
      env: { ...process.env, ENGRAFT_CACHE: cache },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const parts = [];
    child.stdout.on("data", (part) => parts.push(part));
    child.on("close", (code) =>
      code === 0
        ? resolve(Buffer.concat(parts).toString("utf8").trim().split("\n"))
        : reject(new Error(`engraft ${words.join(" ")} ended with ${code}`)),
    );
  });
  const wall = (performance.now() - begin) / 1000;
  const { forecast, seconds, peak_rss_mb } = JSON.parse(lines.at(-1));
  return { said: forecast.seconds, took: seconds.total, wall, said_mb: forecast.peak_rss_mb, peak_rss_mb };
}

const told = ({ said, took, said_mb, peak_rss_mb }) => [
  `${said.toFixed(1)} s`,
  `${took.toFixed(1)} s`,
  `${(said / took).toFixed(2)}${Math.abs(said / took - 1) <= within ? "" : " (not met)"}`,
  `${Math.round(said_mb)} MB`,
  `${Math.round(peak_rss_mb)} MB`,
  `${(said_mb / peak_rss_mb).toFixed(2)}${Math.abs(said_mb / peak_rss_mb - 1) <= within ? "" : " (not met)"}`,
];

const page = at("../docs/forecasts.md");
const measuredOn = `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0].model.trim()}, ${cpus().length} processors, Node ${process.versions.node}.`;

/** Name and cells of the page's rows; undefined if they are of another day or machine. */
function keptRows() {
  const lines = readFileSync(page, "utf8").split("\n");
  return lines.includes(measuredOn) ? rowsOf(lines) : undefined;
}

function rowsOf(lines) {
  const cells = lines.filter((line) => line.startsWith("| `")).map((line) => line.slice(2, -2).split(" | "));
  return cells.map(([name, ...own]) => [name.slice(1, -1), own]);
}

/** @param rows name and cells of each; the last of a name counts */
function writePage(rows, measured = measuredOn) {
  const found = new Map(rows);
  const all = Object.keys(commands).filter((name) => found.has(name));
  const met = (cell) => {
    const right = all.filter((name) => !found.get(name)[cell].includes("not met")).length;
    const [low, high] = wilsonInterval(right, all.length).map((share) => Math.round(100 * share));
    return `${right} of ${all.length} (95 % confidence interval ${low} to ${high} %)`;
  };
  writeFileSync(
    page,
    [
      "# Forecasts",
      "",
      "Written by `npm run bench -- forecasts`: what each training command of the README says before it begins that it will take, and what it takes, each",
      "with an empty cache. The pictures are those of the demo, the other data are made by the script, some hundred lines each. A forecast is held to be",
      "right within ± 25 %.",
      "",
      `- Times that are right: ${met(2)}.`,
      `- Memory that is right: ${met(5)}.`,
      "",
      "Both counts flatter. The forecasts were developed on this machine, so on another machine fewer may be right. Rows may have been measured again",
      "one by one, on the same day and machine (`--only`). Each command was measured once.",
      "",
      "On the screen a forecast is the range in which the run ends if it is right within ± 25 %.",
      "",
      measured,
      "",
      "| command | said | took | said ÷ took | memory, said | at most | said ÷ at most |",
      "|---|---|---|---|---|---|---|",
      ...all.map((name) => `| \`${name}\` | ${found.get(name).join(" | ")} |`),
      "",
    ].join("\n"),
  );
}

/** Creates the data of the README's commands: images and messages of the demos, and generated lists. */
function writeData(folder) {
  const file = (name, text) => writeFileSync(join(folder, name), text);
  const demo = at("../assets/demo");
  cpSync(demo, join(folder, "flowers"), { recursive: true });
  for (const [name, part] of Object.entries({ photos: "train", drawings: "test" }))
    cpSync(join(demo, part), join(folder, name), { recursive: true });
  const labelled = readdirSync(join(demo, "train")).flatMap((label) =>
    readdirSync(join(demo, "train", label)).map((one) => [label, `flowers/train/${label}/${one}`]),
  );
  const shape = { none: "none", pit: "round", stain: "round", groove: "long", crack: "long" };
  const colours = { pit: "dark", crack: "dark" };
  file(
    "shop.csv",
    `image,colour,shape\n${labelled.map(([label, path]) => `${path},${colours[label] ?? "light"},${shape[label]}\n`).join("")}`,
  );
  const messages = readFileSync(at("../assets/demo-texts/messages.csv"), "utf8");
  file("reviews.csv", messages);
  const rows = messages
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.match(/^(.*),([^,]*),([^,]*)$/).slice(1))
    .filter(([text]) => !text.includes('"'));
  const list = (header, lines) => `${header}\n${lines.map((line) => `${line}\n`).join("")}`;
  const english = (text) => /[a-z]/i.test(text);
  for (const [name, of] of Object.entries({
    english: rows.filter(([text]) => english(text)),
    chinese: rows.filter(([text]) => !english(text)),
  }))
    file(
      `${name}.csv`,
      list(
        "text,label",
        of.map(([text, label]) => `${text},${label}`),
      ),
    );
  const labels = [...new Set(rows.map(([, label]) => label))];
  file(
    "messages.csv",
    list(
      "text,late,damaged",
      rows.map(([text, label]) => `${text},${Number(label === labels[0])},${Number(english(text))}`),
    ),
  );
  const noise = (i) => ((Math.imul(i + 1, 2654435761) >>> 0) % 1000) / 1000;
  file(
    "houses.csv",
    list(
      "area,rooms,town,price",
      Array.from({ length: 600 }, (_, i) => {
        const [area, rooms, town] = [
          40 + Math.round(160 * noise(i)),
          1 + (i % 6),
          ["north", "south", "east"][i % 3],
        ];
        return `${area},${rooms},${town},${area * (2 + (i % 3)) + 20 * rooms + Math.round(30 * noise(7 * i))}`;
      }),
    ),
  );
  mkdirSync(join(folder, "news"));
  const [people, places] = [
    ["Ada Lind", "Otto Berg", "Mira Holt", "Jon Vale", "Ines Roth"],
    ["Arden", "Port Hale", "Tirol", "New Wick", "Osten"],
  ];
  const sentence = (i) => {
    const entity = (name, type) =>
      name.split(" ").map((word, k) => `${word}\t${k === 0 ? "B" : "I"}-${type}`);
    const plain = (text) => text.split(" ").map((word) => `${word}\tO`);
    const verbs = ["came back to", "wrote about", "has left", "was seen in", "moved to"];
    return [
      ...entity(people[i % 5], "PER"),
      ...plain(verbs[Math.floor(i / 5) % 5]),
      ...entity(places[Math.floor(i / 25) % 5], "LOC"),
      ...plain(["yesterday", "in spring", "last year", "again"][i % 4]),
      ...plain(`with ${2 + (i % 31)} friends .`),
    ].join("\n");
  };
  file("news/train.txt", `${Array.from({ length: 400 }, (_, i) => sentence(i)).join("\n\n")}\n`);
}
