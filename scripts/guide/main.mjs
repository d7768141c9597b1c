// `npm run docs:guide` runs the commands of the guide and writes what they print into its pages.
//   npm run docs:guide -- docs/guide/texts.md   only these pages
//   npm run docs:guide -- --check               writes nothing; fails if a page says something else, up to numbers and times
// ENGRAFT_GUIDE=FOLDER keeps data and runs in a folder, so that the next call trains less.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeData } from "./make-data.mjs";
import { checked, masked, pages, root, run, samplesOf, withOutputs } from "./samples.mjs";

const kept = process.env.ENGRAFT_GUIDE;
const folder = realpathSync(kept ?? mkdtempSync(join(tmpdir(), "engraft-guide-")));
if (!existsSync(join(folder, "messages.csv"))) await makeData(folder);
const text = (page) => readFileSync(join(root, page), "utf8");
const samples = pages.flatMap((page) => samplesOf(page, text(page)));
const asked = process.argv.slice(2).filter((word) => word !== "--check");
const onlyCheck = process.argv.includes("--check");
let failed = false;
for (const page of asked.length > 0 ? asked : pages) {
  const outputs = [];
  for (const sample of samplesOf(page, text(page)).filter(({ slow }) => !onlyCheck || !slow)) {
    const begin = performance.now();
    try {
      const printed = checked(sample, run(sample, folder, samples));
      const [said, says] = [masked(sample.output.trimEnd().split("\n")), masked(printed)];
      if (onlyCheck && said !== says)
        throw new Error(
          `${page}:${sample.line}: its commands print something else (npm run docs:guide)\n${says}`,
        );
      outputs.push(`${printed.join("\n")}\n`);
    } catch (error) {
      outputs.push(undefined);
      failed = true;
      console.error(error.message);
    }
    console.log(`${page}:${sample.line} ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
  if (!onlyCheck) writeFileSync(join(root, page), withOutputs(text(page), outputs));
}
if (kept === undefined) rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
