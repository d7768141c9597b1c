// Peak memory of `engraft train list.csv` on so many short texts, and how much more the longest list takes than the shortest. Aim: about
// the same.
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draws } from "../dist/core/random.js";
import { peakOfTraining } from "./peak-of-training.mjs";

export const bench = {
  about: "the peak of a run on texts by the rows of its list",
  takes: "[ROWS …]",
  needs: [],
  options: { strategy: { type: "string", default: "probe", about: "strategy of the run" } },
  smallest: {},
};

export async function main({ json, strategy, smallest }, words) {
  const usual = smallest ? [200] : [2000, 20_000, 100_000];
  const counts = words.length > 0 ? words.map(Number) : usual;
  const args = ["--strategy", strategy, "--no-explain", "--threads", "1"];
  if (strategy !== "probe") args.push("--epochs", "1");
  const lines = [];
  for (const rows of counts) {
    const work = mkdtempSync(join(tmpdir(), "engraft-memory-"));
    try {
      const list = join(work, "list.csv");
      write(list, rows);
      const mb = statSync(list).size / 1e6;
      lines.push({ rows, file_mb: Number(mb.toFixed(1)), ...peakOfTraining(work, [list, ...args]) });
      if (!json) console.log(lineOf(lines.at(-1)));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const ratio = Number((lines.at(-1).peak_rss_mb / lines[0].peak_rss_mb).toFixed(2));
  const times = counts.at(-1) / counts[0];
  if (json) console.log(JSON.stringify({ lines, ratio }));
  else console.log(`${times} times as many rows take ${ratio} times the memory`);
}

const lineOf = ({ rows, file_mb, peak_rss_mb, seconds }) =>
  `${String(rows).padStart(7)} rows  ${file_mb} MB of file  ${peak_rss_mb} MB at most  ${seconds.toFixed(0)} s`;

/** Writes texts of 12 words by Zipf's law, in two classes that some words distinguish. */
function write(list, rows) {
  const noise = draws(1, "texts");
  const word = (label) => {
    const i = Math.floor(8000 ** noise.uniform()) - 1;
    return i % 7 === 0 ? `${label}${i.toString(36)}` : `w${i.toString(36)}`;
  };
  const file = openSync(list, "w");
  writeSync(file, "text,label\n");
  let lines = [];
  for (let i = 0; i < rows; i++) {
    const label = i % 2 ? "good" : "bad";
    lines.push(`"${Array.from({ length: 12 }, () => word(label)).join(" ")}, no. ${i}",${label}\n`);
    if (lines.length < 1000 && i < rows - 1) continue;
    writeSync(file, lines.join(""));
    lines = [];
  }
  closeSync(file);
}
