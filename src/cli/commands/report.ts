import { pathToFileURL } from "node:url";
import { report as writeReport } from "../../api/report.js";
import { EngraftError } from "../../core/errors.js";
import { reportRuns } from "../../studies/side-by-side/report-runs.js";
import { followRun } from "../../tasks/report/follow.js";
import type { Command } from "../command.js";
import { openInBrowser } from "../open-in-browser.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatCount } from "../render/render.js";
import { studyLines } from "../render/render-report.js";

/** `engraft report <run> [run...] [--follow]` */
export const report: Command<OptionsOf<"report">> = async (runs, options, { output, signal }) => {
  const { follow = false, port, open = false, lang, out, against, noPictures } = options;
  const [run = ""] = runs;
  if (port !== undefined && !follow)
    throw new EngraftError("OptionError", "--port is of the page that --follow serves", {
      help: `engraft report ${run} --follow --port ${port}`,
    });
  if (follow && (runs.length > 1 || out !== undefined))
    throw new EngraftError(
      "OptionError",
      out === undefined
        ? "--follow is of one run"
        : "--out is of a page that is written, --follow serves one",
      { help: `engraft report ${run} --follow` },
    );
  if (runs.length > 1) {
    const reported = await reportRuns(runs, { out, against, lang });
    if (open) openInBrowser(pathToFileURL(reported.report).href, output.note.bind(output));
    output.result({ ...reported }, studyLines(reported));
    return;
  }
  if (against !== undefined)
    throw new EngraftError("OptionError", "--against is of several runs", {
      help: `engraft report ${run} OTHER-RUN --against ${against}`,
    });
  const followed = follow
    ? await followRun(run, {
        port,
        lang,
        signal,
        onEvent: (event) => {
          if (event.event !== "serving") return;
          output.answer({ ...event }, [`follow     ${event.url}`]);
          if (open) openInBrowser(event.url, output.note.bind(output));
        },
      })
    : await writeReport(run, {
        lang,
        out,
        pictures: noPictures ? false : undefined,
      });
  if (open && !follow) openInBrowser(pathToFileURL(followed.report).href, output.note.bind(output));
  const { status, broken } = followed;
  output.result({ ...followed }, [
    ...labelled("run", `${followed.run}: ${statusWords[status]}`),
    ...(broken > 0
      ? labelled("note", `${formatCount(broken)} lines of events.jsonl cannot be read and are left out`)
      : []),
    ...labelled("report", followed.report),
  ]);
};

const statusWords = {
  done: "done",
  running: "goes on; the report says what is known so far",
  stopped: "stopped before its end; the report says what is known so far",
} as const;
