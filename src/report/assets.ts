// The files of the chart library, as text for a report.
import { EngraftError, messageOf } from "../core/errors.js";
import type { Files } from "../platform/index.js";
import type { ReportAssets } from "./report-data.js";

/** Returns the `file:` URL of a package's file. */
export type Resolve = (specifier: string) => string;

function pathOf(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
}

/**
 * Reads uPlot's script and style from the installed package.
 * @throws EngraftError FileError if the package is not completely installed
 */
export async function loadReportAssets(
  files: Pick<Files, "read">,
  resolve: Resolve = (specifier) => import.meta.resolve(specifier),
): Promise<ReportAssets> {
  const text = async (specifier: string): Promise<string> => {
    try {
      return new TextDecoder().decode(await files.read(pathOf(resolve(specifier)), { limit: 1e6 }));
    } catch (error) {
      throw new EngraftError(
        "FileError",
        `the chart library's file ${specifier} cannot be read: ${messageOf(error)}`,
        { help: "install the package's dependencies again", cause: error },
      );
    }
  };
  return {
    chartScript: await text("uplot/dist/uPlot.iife.min.js"),
    chartStyle: await text("uplot/dist/uPlot.min.css"),
  };
}
