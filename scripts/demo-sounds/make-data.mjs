// Renders assets/demo-sounds: `node scripts/demo-sounds/make-data.mjs [--out DIR]`. Nothing is downloaded.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadRenderer } from "../demo/load-renderer.mjs";
import { startProgram } from "../start-program.mjs";

const { values } = startProgram(import.meta.url, {
  needs: [],
  options: { out: { type: "string", about: "folder to write (default assets/demo-sounds)" } },
});
const out = resolve(values.out ?? fileURLToPath(new URL("../../assets/demo-sounds", import.meta.url)));
const { allClips, clipName, renderClip, wavFile } = await loadRenderer(new URL("render.ts", import.meta.url));

let [count, bytes] = [0, 0];
for (const { part, machine, condition, n } of allClips()) {
  const path = join(out, clipName(part, machine, condition, n));
  const file = wavFile(renderClip(machine, condition, n));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file);
  count++;
  bytes += file.length;
}
console.log(`${count} clips, ${(bytes / 1e3).toFixed(0)} kB`);
