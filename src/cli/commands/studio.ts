import { join } from "node:path";
import { EngraftError } from "../../core/errors.js";
import type { Command } from "../command.js";
import { openSecretInBrowser } from "../open-in-browser.js";
import type { OptionsOf } from "../options/options.js";

/** `engraft studio [folder|table|RUN]` */
export const studio: Command<OptionsOf<"studio">> = async ([path], options, { output, signal }) => {
  const { port, noOpen = false, lang, export: target } = options;
  if (target !== undefined) {
    if (path !== undefined)
      throw new EngraftError("OptionError", "--export writes an empty studio, without a folder's projects", {
        help: `engraft studio --export ${target}`,
      });
    const { exportStudio } = await import("../../studio/export-node.js");
    const { folder, bytes } = await exportStudio(target);
    const next = "next       put this folder on any web host";
    output.answer({ event: "result", export: folder, bytes }, [`studio     ${folder}`], [next]);
    return;
  }
  const { serveStudio } = await import("../../studio/server-node.js");
  let removeFile = (): void => undefined;
  try {
    await serveStudio(path, {
      ...{ port, lang, signal },
      onReady: ({ url, folder, notes }) => {
        const lines = notes.map((note) => `note       ${note}`);
        output.answer({ event: "serving", url, run: folder, notes }, [`studio     ${url}`], lines);
        const file = join(folder, "sign-in.html");
        if (!noOpen) removeFile = openSecretInBrowser(url, file, output.note.bind(output));
      },
      onSignedIn: () => removeFile(),
    });
  } finally {
    removeFile();
  }
};
