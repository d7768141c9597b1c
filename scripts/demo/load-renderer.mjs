import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Loads a renderer. It is TypeScript, which Node 20 does not run, so it is bundled in memory first. */
export async function loadRenderer(url) {
  const bundle = await build({
    entryPoints: [fileURLToPath(url)],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`
  );
}
