import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What a page never comes to, as in scripts/browser-bundle.mjs. */
const nodeOnly = [
  "platform/node",
  "runtime/ort-node",
  "report/thumbnails-node",
  "report/assets",
  "hub/hub-base",
];

/** Bundles a worker of the library that also knows the task of sensor-task.ts. */
export async function sensorWorker(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { serve } from "./src/web/worker.js";
        import { sensors } from "./test/contract/sensor-task.js";
        serve({ tasks: [sensors] });`,
      resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
    },
    ...{ bundle: true, write: false, format: "esm", platform: "browser", target: "es2022" },
    external: nodeOnly.map((path) => `*/${path}.js`),
  });
  return outputFiles[0]!.text;
}
