// `npm start`: builds if something changed, then runs the demo (or any command line given after `--`).
//   npm start                      fine-tune the bundled base on the bundled demo data, with a baseline from scratch
//   npm start -- text              the same on bundled texts: short customer messages, English and Chinese
//   npm start -- train ./flowers   the same as `npx engraft train ./flowers`
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAll, isFresh } from "./build.mjs";
import { pictures, texts } from "./demo/commands.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!isFresh()) await buildAll();
const given = process.argv.slice(2);
const asked = given.length === 0 ? pictures : given[0] === "text" ? [...texts, ...given.slice(1)] : given;
const child = spawn(process.execPath, [join(root, "dist/program/main.js"), ...asked], { stdio: "inherit" });
// Ctrl-C reaches the child too: it saves its state and says how to resume.
process.on("SIGINT", () => undefined);
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
