import { EngraftError } from "../../core/errors.js";
import type { AdaptCheck, AdaptResultEvent } from "../../core/events/events.js";
import { isFormula } from "../../data/lists/layout-files.js";
import { readList } from "../../data/lists/read-list.js";
import { groupsOfItems } from "../../data/split/groups.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { recordOf } from "../../run/report/run-report.js";
import { disagreement, mcNemar } from "../../statistics/index.js";
import { adaptationCard } from "./adaptation-card.js";
import { type Domain, type DomainItem, type Domains, type DomainUnit, drawItems, itemsOf } from "./domain.js";
import { domainKinds } from "./domain-kinds.js";

/** Name of the list in the run folder whose labels the user fills in. */
const listName = "check.csv";
const columns = { number: "number", label: "label" } as const;

/** Returns one sample of each group, because the exact test needs independent samples. */
function onePerGroup(items: readonly DomainItem[], seed: number): readonly DomainItem[] {
  const groups = groupsOfItems(items);
  if (!groups) return items;
  return [...new Set(groups)].flatMap((group) =>
    drawItems(
      items.filter((_, i) => groups[i] === group),
      1,
      seed,
    ),
  );
}

/**
 * Draws `n` samples of the target whose labels will compare two models, one of each group. If the test split has fewer, the others
 * come from the other splits. Their whole groups become test samples, so that nothing is trained or chosen on them.
 * @returns the target, and the ids of the drawn samples
 * @throws DataError if these are more than half of the target or of its groups
 */
export function holdOutCheck(unit: DomainUnit, target: Domain, n: number, seed: number) {
  const { items, root } = target;
  const all = onePerGroup(items, seed);
  if (2 * n > all.length) {
    const [what, one] = groupsOfItems(items)
      ? [`${all.length} groups`, " of as many groups"]
      : [`${all.length}`, ""];
    throw new EngraftError("DataError", `the check takes ${n} ${unit}s${one}, and the target has ${what}`, {
      at: root,
      help: "at most half of the target is drawn: give a smaller number, or more samples",
      details: { check: n, samples: all.length },
    });
  }
  const held = drawItems(onePerGroup(itemsOf(target, "test"), seed), n, seed);
  const groupOf = ({ group, id }: DomainItem): string =>
    group === undefined ? `item ${id}` : `group ${group}`;
  const known = new Set(held.map(groupOf));
  const others = all.filter((item) => item.part !== "test" && !known.has(groupOf(item)));
  const added = held.length < n ? drawItems(others, n - held.length, seed) : [];
  const moved = new Set(added.map(groupOf));
  return {
    target: {
      ...target,
      items: items.map((item) => (moved.has(groupOf(item)) ? { ...item, part: "test" as const } : item)),
    },
    drawn: [...held, ...added].map(({ id }) => id),
  };
}

/** Predicted class of each test sample of the target, by both models. */
interface TestAnswers {
  readonly adapted: readonly number[];
  readonly source_only: readonly number[];
}

/**
 * Compares both models on the drawn samples, if the target has labels. Otherwise writes the list that the user labels. It does not
 * contain the predictions, so that they do not influence the labels.
 */
export async function startCheck(
  { machine, run }: { readonly machine: Pick<Machine, "platform">; readonly run: RunFolder },
  { unit, source: { classes }, target }: Domains,
  drawn: readonly DomainItem[],
  answers: TestAnswers,
): Promise<AdaptCheck> {
  const place = new Map(itemsOf(target, "test").map((item, i) => [item, i]));
  const predicted = (all: readonly number[]) => drawn.map((item) => classes[all[place.get(item)!]!]!);
  const predictions = { adapted: predicted(answers.adapted), source_only: predicted(answers.source_only) };
  const check = { n: drawn.length, predictions };
  if (target.classes.length > 0)
    return {
      ...check,
      scores: scoresOf(
        check,
        drawn.map(({ label }) => classes[label]!),
      ),
    };
  await machine.platform.files.writeAtomic(run.file(listName), checkList(unit, drawn));
  return { ...check, file: listName };
}

/** Returns the list of drawn samples with an empty column of labels, as CSV. */
export function checkList(unit: DomainUnit, drawn: readonly DomainItem[]): string {
  // The user fills it in with a spreadsheet, which shows a cell behind an apostrophe and does not run it.
  const quoted = (cell: string): string => `"${isFormula(cell) ? "'" : ""}${cell.replaceAll('"', '""')}"`;
  const { column, cell } = domainKinds[unit];
  const rows = drawn.map((item, i) => `${i + 1},${quoted(cell(item))},`);
  const header = [columns.number, column, columns.label].join(",");
  return `${[header, ...rows].join("\n")}\n`;
}

/** Counts which model is right where, with the exact McNemar test. @param labels of the drawn samples */
export function scoresOf({ predictions }: Pick<AdaptCheck, "predictions">, labels: readonly string[]) {
  const right = (all: readonly string[]) => all.map((name, i) => Number(name === labels[i]));
  const [adapted, sourceOnly] = [right(predictions.adapted), right(predictions.source_only)];
  const table = disagreement(adapted, sourceOnly);
  const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
  return {
    adapted: sum(adapted),
    source_only: sum(sourceOnly),
    only_adapted: table.onlyA,
    only_source_only: table.onlyB,
    p: mcNemar(table),
  };
}

/**
 * Adds the scores to the result of a finished run, if its list has labels now, and writes the result and the page again.
 * @throws DataError for a label that is missing or is no class, with its line
 */
export async function finishCheck(
  machine: Machine,
  run: RunFolder,
  result: AdaptResultEvent,
): Promise<AdaptResultEvent> {
  const { check } = result;
  if (check?.file === undefined) return result;
  if (check.scores && !(await machine.platform.files.stat(run.file(check.file)))) return result;
  const labels = await readLabels(machine, run.file(check.file), check.n, result.classes);
  if (!labels) return result;
  const scores = scoresOf(check, labels);
  if (JSON.stringify(scores) === JSON.stringify(check.scores)) return result;
  const checked = { ...result, check: { ...check, scores } };
  await run.update({ result: checked });
  const card = machine.platform.files.join(result.model, "README.md");
  if (await machine.platform.files.stat(card)) {
    const { events } = await recordOf(machine.platform, run);
    await machine.platform.files.writeAtomic(
      card,
      await adaptationCard(checked, { ...run.manifest, events }),
    );
  }
  const { reportOn } = await import("../../tasks/report/write-report.js");
  if (machine.report) await reportOn(machine, run.path);
  return checked;
}

/** Returns the labels in the order of the drawn samples; undefined if nothing is filled in yet. */
async function readLabels(
  { platform }: Machine,
  path: string,
  n: number,
  classes: readonly string[],
): Promise<readonly string[] | undefined> {
  if (!(await platform.files.stat(path)))
    throw new EngraftError("DataError", "the list of the check is not there", {
      at: path,
      help: "put the file back, or start a new run with --check",
    });
  const list = await readList(platform, path);
  const cell = (row: (typeof list.rows)[number], column: string) => String(row.values[column] ?? "").trim();
  // Spreadsheets may add empty rows.
  const rows = list.rows.filter((row) => list.columns.some((column) => cell(row, column) !== ""));
  if (rows.every((row) => cell(row, columns.label) === "")) return undefined;
  const named = `the classes are ${classes
    .slice(0, 8)
    .map((name) => `"${name}"`)
    .join(", ")}`;
  const labels = new Map<number, string>();
  for (const row of rows) {
    const label = cell(row, columns.label);
    if (!classes.includes(label))
      throw new EngraftError(
        "DataError",
        label === ""
          ? "a sample of the check has no label"
          : `the label "${label}" is no class of the source`,
        {
          at: `${path} line ${row.line}`,
          help: `fill in all ${n} labels: ${named}`,
          details: { label, classes },
        },
      );
    const number = Number(cell(row, columns.number));
    if (labels.has(number))
      throw new EngraftError("DataError", `two rows of the check have number ${number}`, {
        at: `${path} line ${row.line}`,
        help: `keep the column "${columns.number}" and all ${n} rows as the run wrote them`,
        details: { number },
      });
    labels.set(number, label);
  }
  const all = Array.from({ length: n }, (_, i) => labels.get(i + 1));
  const missing = all.indexOf(undefined);
  if (missing < 0) return all as readonly string[];
  throw new EngraftError("DataError", `the list of the check has no row with number ${missing + 1}`, {
    at: path,
    help: `keep the column "${columns.number}" and all ${n} rows as the run wrote them`,
    details: { missing: missing + 1 },
  });
}
