import type { BuildResult } from "esbuild";

/** Returns the files of the page without writing them. @param built folder with the built library */
export function bundleStudio(
  built?: string,
): Promise<Required<Pick<BuildResult<{ metafile: true; write: false }>, "outputFiles" | "metafile">>>;
