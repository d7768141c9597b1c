import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

/** Bundles a module of this folder for a tab. @param contents what the module exports, in TypeScript */
export async function bundleForTab(contents: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    ...{ bundle: true, write: false, format: "esm", platform: "browser", target: "es2022" },
    ...options,
  });
  return outputFiles![0]!.text;
}
