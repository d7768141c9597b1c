import { pathToFileURL } from "node:url";
import { report as writeReport } from "../../api/report.js";
import { EngraftError } from "../../core/errors.js";
import { shellWord } from "../../run/command-line.js";
import { reportRuns } from "../../studies/side-by-side/report-runs.js";
import type { Command } from "../command.js";
import { openInBrowser } from "../open-in-browser.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatCount } from "../render/render.js";
import { studyLines } from "../render/render-report.js";

/** `engraft report <run> [run...]` */
export const report: Command<OptionsOf<"report">> = async (runs, options, { output }) => {
  const { open = false, lang, out, against, noPictures } = options;
  const [run = ""] = runs;
  if (runs.length > 1) {
    const reported = await reportRuns(runs, { out, against, lang });
    if (open) openInBrowser(pathToFileURL(reported.report).href, output.note.bind(output));
    output.result({ ...reported }, studyLines(reported));
    return;
  }
  if (against !== undefined)
    throw new EngraftError("OptionError", "--against is of several runs", {
      help: `engraft report ${shellWord(run)} OTHER-RUN --against ${shellWord(against)}`,
    });
  const reported = await writeReport(run, { lang, out, pictures: noPictures ? false : undefined });
  if (open) openInBrowser(pathToFileURL(reported.report).href, output.note.bind(output));
  const { status, broken } = reported;
  output.result({ ...reported }, [
    ...labelled("run", `${reported.run}: ${statusWords[status]}`),
    ...(broken > 0
      ? labelled("note", `${formatCount(broken)} lines of events.jsonl cannot be read and are left out`)
      : []),
    ...labelled("report", reported.report),
  ]);
};

const statusWords = {
  done: "done",
  running: "goes on; the report says what is known so far",
  stopped: "stopped before its end; the report says what is known so far",
} as const;
