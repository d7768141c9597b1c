// `npm run check -- network`: runs the demo of `npm start` and fails if it connects to another machine. Linux only.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../start-program.mjs";
import { traceNetwork } from "./trace-network.mjs";

startProgram(import.meta.url, { needs: ["strace"] });
if (process.platform !== "linux") {
  console.log("skipped: strace runs on Linux only");
  process.exit(0);
}
const home = mkdtempSync(join(tmpdir(), "engraft-network-"));
try {
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: "1" };
  const start = fileURLToPath(new URL("../start.mjs", import.meta.url));
  const { code, connections } = await traceNetwork(process.execPath, [start], env, home);
  if (connections.length > 0)
    console.error(`npm start connected to another machine:\n${connections.join("\n")}`);
  if (code !== 0) console.error(`npm start ended with exit code ${code}`);
  process.exitCode = code === 0 && connections.length === 0 ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
