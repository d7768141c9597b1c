// `npm start`: builds if something changed, or says why it cannot and keeps the last build, then runs the demo (or any command line given after `--`).
//   npm start                      fine-tune the bundled base on the bundled demo data
//   npm start -- text              bundled texts: short customer messages, English and Chinese; with a baseline from scratch
//   npm start -- boxes             object detection: screws, nuts and washers
//   npm start -- masks             segmentation: leaves with spots
//   npm start -- sounds            sounds: a bearing that begins to fail; with a baseline from scratch
//   npm start -- train ./flowers   the same as `npx engraft train ./flowers`
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { demoCommand, demos } from "./demo/commands.mjs";
import { scratchNote } from "./demo/scratch-note.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!(await ensureBuilt())) process.exit(1);
const [first = "pictures", ...more] = process.argv.slice(2);
const demo = Object.hasOwn(demos, first) ? first : undefined;
const words = demo === undefined ? [first, ...more] : demoCommand(demo, more);
const child = spawn(process.execPath, [join(root, "dist/program/main.js"), ...words], { stdio: "inherit" });
// Ctrl-C reaches the child too: it saves its state and says how to resume.
process.on("SIGINT", () => undefined);
child.on("exit", (code, signal) => {
  if (code === 0 && demo !== undefined && more.length === 0) process.stdout.write(scratchNote(demo));
  process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
});
