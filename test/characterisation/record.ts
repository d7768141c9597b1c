// What is kept of a finished run: its weights, result, files, answers, events and pages.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { evaluate } from "../../src/cli/commands/eval.js";
import { predict } from "../../src/cli/commands/predict/predict.js";
import { parse } from "../../src/cli/options/parse.js";
import { Output } from "../../src/cli/output.js";
import { EngraftError, type EngraftEvent, report } from "../../src/index.js";
import type { Ran } from "./case.js";
import { type Json, plainText, plainValue, sha, visibleLines } from "./plain.js";
import { type WeightRecord, weightsOf } from "./weights.js";

/** A finished run as it is compared. */
export interface RunRecord {
  readonly refused?: Json;
  readonly weights?: Readonly<Record<string, WeightRecord>>;
  /** sha256 of `onnx/model.onnx`. */
  readonly model?: string;
  readonly result?: Json;
  /** Files of the model folder: size, and of JSON files a hash of what they say. */
  readonly files?: Readonly<Record<string, string>>;
  readonly eval?: Json;
  readonly predict?: Json;
  /** Events in order, and which fields each kind of event has. */
  readonly events: readonly string[];
  readonly event_fields: Readonly<Record<string, string>>;
  /** Visible lines of the report by language, without numbers that come from time. */
  readonly pages?: Readonly<Record<string, readonly string[]>>;
}

/** Files whose text holds times or versions: their sizes differ between two equal runs. */
const isText = (name: string): boolean => /\.(md|txt|py|mjs|js|html)$/.test(name);

function filesOf(model: string, root: string): Readonly<Record<string, string>> {
  const files = readdirSync(model, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(model, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
  return Object.fromEntries(
    files.map((name) => {
      const path = join(model, name);
      if (name.endsWith(".json"))
        return [name, sha(JSON.stringify(plainValue(JSON.parse(readFileSync(path, "utf8")), root)), 12)];
      if (isText(name)) return [name, sha(plainText(readFileSync(path, "utf8"), root), 12)];
      return [name, `${statSync(path).size} bytes`];
    }),
  );
}

/** Returns events as words: `warning few`, `epoch finetune × 2`. */
function eventWords(events: readonly EngraftEvent[]): string[] {
  const words: [word: string, times: number][] = [];
  for (const event of events) {
    if (event.event === "progress" || event.event === "checkpoint") continue;
    const { code, stage, state } = event as { code?: string; stage?: string; state?: string };
    const word = [event.event, code ?? stage ?? state].filter(Boolean).join(" ");
    const last = words.at(-1);
    if (last?.[0] === word) last[1]++;
    else words.push([word, 1]);
  }
  return words.map(([word, times]) => (times > 1 ? `${word} × ${times}` : word));
}

/** Returns the names of the fields that the events of each kind have. */
function eventFields(events: readonly EngraftEvent[]): Readonly<Record<string, string>> {
  const fields = new Map<string, Set<string>>();
  for (const event of events) {
    if (["progress", "checkpoint", "result"].includes(event.event)) continue;
    const own = fields.get(event.event) ?? new Set();
    for (const [name, value] of Object.entries(event)) if (value !== undefined) own.add(name);
    fields.set(event.event, own);
  }
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([kind, own]) => [kind, [...own].sort().join(" ")]));
}

/** Runs `engraft eval` or `engraft predict --json` in this process. Returns the objects that it prints. */
async function commandLine(argv: readonly string[], root: string): Promise<Json> {
  const lines: Json[] = [];
  const terminal = {
    out: (text: string) => {
      for (const line of text.trim().split("\n")) lines.push(plainValue(JSON.parse(line), root));
    },
    err: () => undefined,
    ...{ moves: false, colors: false, now: () => 0 },
  };
  const parsed = parse([...argv, "--json"]);
  const output = new Output(terminal, { json: true, quiet: false });
  const context = { output, signal: new AbortController().signal, limit: () => undefined };
  try {
    if (parsed.kind === "command" && parsed.command === "eval")
      await evaluate(parsed.args, parsed.options, context);
    if (parsed.kind === "command" && parsed.command === "predict")
      await predict(parsed.args, parsed.options, context);
  } catch (error) {
    return { refused: refusal(error, root) };
  }
  return lines.filter((line) => (line as { event?: string }).event !== "progress");
}

/** Returns what a user reads of an error. */
export function refusal(error: unknown, root: string): Json {
  if (!(error instanceof EngraftError)) throw error;
  const { kind, message, help } = error;
  return plainValue({ kind, message, help }, root);
}

/** Returns the pages of a run by language, as files. */
async function pagesOf(run: string): Promise<Readonly<Record<string, string>> | undefined> {
  const en = join(run, "report.html");
  if (!existsSync(en)) return undefined;
  const zh = join(run, "report-zh.html");
  await report(run, { lang: "zh", out: zh });
  return { en, zh };
}

/** Returns the record of a finished run. @param root folder that paths are named from */
export async function recordOf(
  ran: Ran,
  run: string,
  events: readonly EngraftEvent[],
  root: string,
): Promise<RunRecord> {
  const model = join(run, "model");
  const onnx = join(model, "onnx", "model.onnx");
  const threads = ["--threads", "1"];
  const pages = ran.pages ?? (await pagesOf(run));
  return {
    ...(existsSync(onnx) && {
      weights: weightsOf(onnx),
      model: sha(readFileSync(onnx)),
      files: filesOf(model, root),
    }),
    result: plainValue(ran.result, root),
    ...(ran.scoredOn && {
      eval: await commandLine(["eval", run, ...ran.scoredOn, ...threads], root),
    }),
    ...(ran.inputs && {
      predict: await commandLine(["predict", run, ...ran.inputs, ...threads], root),
    }),
    events: eventWords(events),
    event_fields: eventFields(events),
    ...(pages && {
      pages: Object.fromEntries(
        Object.entries(pages).map(([lang, page]) => [lang, visibleLines(readFileSync(page, "utf8"), root)]),
      ),
    }),
  };
}

/** Returns the record of a run that was refused. */
export const recordOfRefusal = (
  error: unknown,
  events: readonly EngraftEvent[],
  root: string,
): RunRecord => ({
  refused: refusal(error, root),
  events: eventWords(events),
  event_fields: eventFields(events),
});
