// Parts of model cards in Markdown that every task has.
import { noBaseLicenses } from "../bases/hub/licenses.js";
import type { SafeChoice, Verdict } from "../core/events/run-outcome.js";
import { namedScoreText } from "../core/messages/metric-en.js";
import type { BaseFacts } from "../core/results/base-facts.js";
import type { CommonResult } from "../core/results/common-result.js";

/** Escapes a text for one line of Markdown or a table cell. */
export function escapeMarkdown(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, " ")
      .replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!)
      .replace(/[\\`*_{}[\]#|~!]/g, "\\$&")
  );
}

/** Returns a fenced code block. The fence is longer than any run of backticks in the text. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Removes folders from the paths of a command: "/home/somebody/flowers" becomes "./flowers". */
export function withoutFolders(command: string): string {
  return command.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|\S+/g, (word) => {
    const quote = /^["']/.exec(word)?.[0] ?? "";
    const path = quote ? word.slice(1, -1) : word;
    if (!/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return word;
    return `${quote}./${
      path
        .split(/[\\/]+/)
        .filter(Boolean)
        .at(-1) ?? ""
    }${quote}`;
  });
}

/** Returns the base in one line: its hash, its commit on the hub, its licence. */
export function baseLine(base: BaseFacts): string {
  const { sha256, format, hub, license, opened_by_project } = base;
  const facts = [
    ...(format === undefined ? [] : [escapeMarkdown(format)]),
    ...(sha256 === "" ? [] : [`sha256 \`${sha256}\``]),
    ...(hub ? [`commit \`${hub.commit}\` of ${escapeMarkdown(hub.repo)} on the hub`] : []),
  ];
  return `- Base: ${baseName(base)}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}, licence **${escapeMarkdown(license)}**${opened_by_project === false ? `. ${notOpened}` : ""}`;
}

/** Said of a base of the catalogue that this project has not opened. */
const notOpened = "It is in Engraft's catalogue, but Engraft's authors have not opened or trained it.";

/** Returns a base's name without its folders. A name on the hub keeps its organisation. */
export function baseName({ name, hub }: BaseFacts): string {
  return escapeMarkdown(hub?.repo === name ? name : (name.split(/[\\/]/).at(-1) ?? ""));
}

/** Returns the versions of the programs in one line. */
export function versionsLine(versions: Readonly<Record<string, string>>): string {
  const named = Object.entries(versions).map(([name, version]) => escapeMarkdown(`${name} ${version}`));
  return `- Versions: ${named.join(", ")}`;
}

/** Returns the section on the licence. @param data kind of the training data: "pictures" */
export function licenceSection(base: BaseFacts, data: string): string {
  const own = `The terms of the ${data} it was trained on are for whoever publishes it to add.`;
  if (noBaseLicenses.has(base.license)) return `## Licence\n\nThe weights derive from no other model. ${own}`;
  return `## Licence

The weights derive from **${baseName(base)}**, whose licence is **${escapeMarkdown(base.license)}**: its terms
travel with this model. ${own}`;
}

/** Returns the verdict of a run, and the choice of `--safe`, as paragraphs. */
export function verdictParagraphs({
  verdict,
  safe,
  distillation,
}: {
  readonly verdict?: Verdict;
  readonly safe?: SafeChoice;
  readonly distillation?: object;
}): string {
  const against = verdict?.against;
  const helped = `Did the ${distillation ? "teacher" : "transfer"} help?`;
  const question = against === undefined ? helped : `Is this model better than ${against}?`;
  const answer = verdict && `${question} **${verdict.transfer}**: ${escapeMarkdown(verdict.words)}\n`;
  return `${answer ?? ""}${safe ? `\n${escapeMarkdown(safe.words)}\n` : ""}`;
}

/** Returns the card's line about averaged weights, with its line break; "" without an average. */
export function averageLine({ average }: Pick<CommonResult, "average">): string {
  if (!average) return "";
  const { kind, epochs, validation, kept } = average;
  const words = kept ? "kept" : "not kept: the best epoch is better";
  return `- Average: ${kind} of epochs ${epochs.join(", ")}, ${namedScoreText(validation)} on validation, ${words}\n`;
}
