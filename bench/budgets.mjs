// Runs with a budget beside busy processes: seconds of the whole process (aim: at most 1.25 times the budget), and what the run says
// that it cut. Each run is a new process with an empty cache.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundled = ["demo", "demo-texts/messages.csv", "demo-sounds", "demo-boxes", "demo-masks"];
const bundledPaths = bundled.map((name) => at(`../assets/${name}`)).join(",");
const options = {
  budget: { type: "number", default: 60, about: "seconds of the budget" },
  busy: { type: "number", default: 2, about: "other processes that compute without a pause" },
  data: { type: "string", default: bundledPaths, about: "folders or lists, with commas between them" },
};

export const bench = {
  about: "runs with a budget beside busy processes: seconds, and what they cut",
  needs: [],
  options,
  smallest: { budget: 2, busy: 1, data: at("../assets/demo-texts/messages.csv") },
};

export async function main({ budget, busy, data, json }) {
  const others = Array.from({ length: busy }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  try {
    for (const path of data.split(",")) {
      const row = await measured(resolve(path), budget);
      console.log(json ? JSON.stringify(row) : words(row));
    }
  } finally {
    for (const other of others) other.kill();
  }
}

const words = ({ data, seconds, share, cut }) =>
  `${data}: ${seconds.toFixed(1)} s, ${share.toFixed(2)} times the budget${share <= 1.25 ? "" : " (not met)"}${cut.map((one) => `\n  ${one}`).join("")}`;

/** Trains with a budget. @returns the seconds of the process, and its warnings about the budget */
async function measured(path, budget) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-budgets-"));
  const begin = performance.now();
  try {
    const lines = await new Promise((done, fail) => {
      const command = ["train", path, "--budget", `${budget}s`, "--json", "--out", join(folder, "run")];
      const child = spawn(process.execPath, [at("../dist/program/main.js"), ...command], {
        env: { ...process.env, ENGRAFT_CACHE: join(folder, "cache") },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (part) => {
        text += part;
      });
      child.on("close", (code) =>
        code === 0 ? done(text.trim().split("\n")) : fail(new Error(`${path} ended with ${code}`)),
      );
    });
    const seconds = (performance.now() - begin) / 1000;
    const cut = lines
      .map((line) => JSON.parse(line))
      .filter(({ event, code }) => event === "warning" && code === "pace")
      .map(({ message }) => message);
    return { data: basename(path), seconds, share: seconds / budget, cut };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
