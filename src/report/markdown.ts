// What model cards say in Markdown, whatever their task.
import { noBaseLicenses } from "../bases/hub/licenses.js";
import type { SafeChoice, Verdict } from "../core/events/run-outcome.js";
import type { BaseFacts } from "../core/results/base-facts.js";
import type { CommonResult } from "../core/results/common-result.js";
import { scoreWords } from "../core/results/metric.js";

/** A text on one line in Markdown: nothing in it is markup, and it cannot leave its table cell. */
export function escapeMarkdown(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
      .replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!)
      .replace(/[\\`*_{}[\]#|~!]/g, "\\$&")
  );
}

/** Text inside a fence: the fence is longer than any run of backticks in it. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A card is published: "/home/somebody/flowers" in the command becomes "./flowers". */
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

/** The base in one line: its content, the commit of one from the hub, its licence. */
export function baseLine(base: BaseFacts): string {
  const { sha256, hub, license } = base;
  const facts = [
    ...(sha256 === "" ? [] : [`sha256 \`${sha256}\``]),
    ...(hub ? [`commit \`${hub.commit}\` of ${escapeMarkdown(hub.repo)} on the hub`] : []),
  ];
  return `- Base: ${baseName(base)}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}, licence **${escapeMarkdown(license)}**`;
}

/** A base's name without the folders it lay in; a name from the hub keeps its organisation. */
export function baseName({ name, hub }: BaseFacts): string {
  return escapeMarkdown(hub?.repo === name ? name : (name.split(/[\\/]/).at(-1) ?? ""));
}

/** The versions that made a model, in one line. */
export function versionsLine(versions: Readonly<Record<string, string>>): string {
  const named = Object.entries(versions).map(([name, version]) => escapeMarkdown(`${name} ${version}`));
  return `- Versions: ${named.join(", ")}`;
}

/** The section on the licence. @param data what the model was trained on: "pictures" */
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
}: {
  readonly verdict?: Verdict;
  readonly safe?: SafeChoice;
}): string {
  const against = verdict?.against;
  const question =
    against === undefined ? "Did the transfer help?" : `Is the network better than ${against}?`;
  const answer = verdict && `${question} **${verdict.transfer}**: ${escapeMarkdown(verdict.words)}\n`;
  return `${answer ?? ""}${safe ? `\n${escapeMarkdown(safe.words)}\n` : ""}`;
}

/** Returns the card's line of what was averaged, with its line break; "" without an average. */
export function averageLine({ average }: Pick<CommonResult, "average">): string {
  if (!average) return "";
  const { kind, epochs, validation, kept } = average;
  const words = kept ? "kept" : "not kept: the best epoch is better";
  return `- Average: ${kind} of epochs ${epochs.join(", ")}, ${scoreWords(validation)} on validation, ${words}\n`;
}
