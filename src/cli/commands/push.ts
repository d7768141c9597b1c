import { EngraftError } from "../../core/errors.js";
import { type Pushed, push as publish } from "../../push/push.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { labelled } from "../render/labelled.js";
import { formatBytes } from "../render/render.js";

/** `engraft push <model> <org/name> [--dry-run] [--public]` */
export const push: Command<OptionsOf<"push">> = async (
  [model = "", repository = ""],
  options,
  { output, signal },
) => {
  if (options.public && options.private)
    throw new EngraftError("OptionError", "--public and --private contradict each other", {
      help: "give one of them; without either a new repository is private",
    });
  const pushed = await publish(model, repository, {
    public: options.public === true,
    dryRun: options.dryRun === true,
    iMayPublish: options.iMayPublish === true,
    onEvent: output.onEvent,
    signal,
  });
  output.result({ ...pushed }, lines(pushed, options.public === true));
};

function lines(pushed: Pushed, wantsPublic: boolean): string[] {
  const { dry_run: dry, files, license, left_out: leftOut, commit, url } = pushed;
  const sent = files.filter((file) => dry || file.sent);
  const total = formatBytes(sent.reduce((sum, { bytes }) => sum + bytes, 0));
  const listed = sent.map(({ path, bytes }) => `${path}, ${formatBytes(bytes)}`);
  const where = dry
    ? `${pushed.repository}, ${wantsPublic ? "public" : "private"} where it is new`
    : `${url}, ${pushed.created ? "new, " : ""}${pushed.private ? "private" : "public"}`;
  const card = dry ? labelled("card", ...pushed.front_matter.split("\n")) : [];
  const what = dry
    ? `nothing was sent; ${files.length} files, ${total} would be`
    : commit === undefined
      ? "nothing to send: the repository holds the same files"
      : `${sent.length} of ${files.length} files, ${total}, commit ${commit}`;
  return [
    ...labelled("repository", where),
    ...labelled("licence", license ?? "none stated: add license: … to README.md to choose one"),
    ...card,
    ...(listed.length > 0 ? labelled("files", ...listed) : []),
    ...(leftOut.length > 0 ? labelled("left out", `not written by Engraft: ${leftOut.join(", ")}`) : []),
    ...labelled(dry ? "dry run" : "sent", what),
  ];
}
