// `npm start`: builds if something changed, then runs the demo (or any command line given after `--`).
//   npm start                      fine-tune the bundled base on the bundled demo data, with a baseline from scratch
//   npm start -- text              the same on bundled texts: short customer messages, English and Chinese
//   npm start -- boxes             object detection: screws, nuts and washers
//   npm start -- masks             segmentation: leaves with spots
//   npm start -- sounds            sounds: a bearing that begins to fail
//   npm start -- train ./flowers   the same as `npx engraft train ./flowers`
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll, isFresh } from "./build.mjs";
import { boxes, masks, pictures, sounds, texts } from "./demo/commands.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!isFresh()) await buildAll();
const given = process.argv.slice(2);
const demos = { text: texts, boxes, masks, sounds };
const demo = Object.hasOwn(demos, given[0] ?? "") && demos[given[0]];
const asked = given.length === 0 ? pictures : demo ? [...demo, ...given.slice(1)] : given;
const child = spawn(process.execPath, [join(root, "dist/program/main.js"), ...asked], { stdio: "inherit" });
// Ctrl-C reaches the child too: it saves its state and says how to resume.
process.on("SIGINT", () => undefined);
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
