// What `npm start` prints about a training from scratch that it leaves out.
import { readFileSync } from "node:fs";
import { demos } from "./commands.mjs";

/** Figures by demo, as measure-scratch.mjs wrote them. */
const measured = JSON.parse(readFileSync(new URL("scratch.json", import.meta.url), "utf8"));

const percent = (share) => (100 * share).toFixed(1);
const scores = {
  accuracy: ({ value, ci95: [low, high] }) =>
    `${percent(value)} % accuracy (95 % confidence interval ${percent(low)} to ${percent(high)} %)`,
  map: ({ value, ci95: [low, high] }) =>
    `mAP ${value.toFixed(3)} (95 % confidence interval ${low.toFixed(3)} to ${high.toFixed(3)})`,
  miou: ({ value, ci95: [low, high] }) =>
    `mIoU ${value.toFixed(3)} (95 % confidence interval ${low.toFixed(3)} to ${high.toFixed(3)})`,
};

const duration = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** Returns the note on a demo, as lines; empty if `npm start` trains from scratch too. */
export function scratchNote(name) {
  const { leavesScratchOut, scratch: options } = demos[name];
  if (!leavesScratchOut) return "";
  const { metric, scratch, transfer, seconds } = measured[name];
  const score = scores[metric];
  const isCut = scratch.ended === "budget";
  const begin = `scratch    left out: when measured, ${scratch.steps} steps from random weights took ${duration(seconds.scratch)} and`;
  // A network that has not learnt yet is no rival.
  const reached = scratch.above_guessing
    ? [
        `           reached ${score(scratch)};`,
        ...(isCut ? ["           they stopped early there, so more steps may reach more;"] : []),
        `           fine-tuning took ${duration(seconds.transfer)} and reached`,
        `           ${score(transfer)}.`,
      ]
    : [
        `           ${isCut ? "stopped early, " : "were "}not yet better than guessing: no score to compare with.`,
      ];
  return [begin, ...reached, `           Repeat: npm start -- ${name} ${options.join(" ")}`, ""].join("\n");
}
