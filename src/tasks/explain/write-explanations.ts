import type { Explanation } from "../../core/results/explanation.js";
import type { Lang } from "../../report/words/langs.js";
import { openMachine } from "../../run/machine.js";
import { hideUserFolders } from "../../run/report/keep-report.js";
import { pageAt } from "../../run/report/run-report.js";

/**
 * Writes explanations by SHAP or Integrated Gradients as one HTML page: a waterfall for each sample, and a beeswarm over
 * the rows of a table. The page needs no network and no script.
 * @param model explained model folder; its path does not appear on the page
 * @returns the page's path
 * @throws FileError if `out` is a folder
 */
export async function writeExplanations(
  out: string,
  model: string,
  explanations: readonly Explanation[],
  { lang = "en" }: { readonly lang?: Lang } = {},
): Promise<string> {
  const machine = await openMachine();
  const { files } = machine.platform;
  const { renderExplanations } = await import("../../report/pages/explanations.js");
  const page = await pageAt(machine.platform, out);
  const title = files
    .resolve(model)
    .split(/[\\/]/)
    .filter((part) => part !== "" && part !== "model")
    .at(-1);
  const text = renderExplanations(title ?? "model", explanations, { lang });
  await files.writeAtomic(page, hideUserFolders(machine, text, [files.resolve(model)]));
  return page;
}
