import { EngraftError } from "../../core/errors.js";
import type { Sample } from "../../data/index.js";
import type { OpenedBase } from "../setup.js";
import type { RunFolder } from "./run-folder.js";

/** id -> sha256, target, split of every item of a run, to report what changed. */
type Known = Readonly<Record<string, readonly [sha256: string, target: string, part: string]>>;

/** Data that must stay the same. */
interface Same<Item> {
  readonly items: readonly Item[];
  readonly fingerprint: string;
  readonly seed: number;
}

/**
 * Checks that a resumed run sees the data that it was started with. The first time it stores them.
 * @param targetOf the target of a sample as text
 * @throws RunError naming the changes; then nothing is written
 */
export async function requireSameData<Item extends Pick<Sample, "id" | "sha256" | "part">>(
  run: RunFolder,
  dataset: Same<Item>,
  targetOf: (item: Item) => string,
): Promise<void> {
  const now: Known = Object.fromEntries(
    dataset.items.map((item) => [item.id, [item.sha256, targetOf(item), item.part]]),
  );
  await requireSameOptions(run);
  const { fingerprint } = run.manifest;
  if (fingerprint === undefined) {
    await run.writeState("items.json", JSON.stringify(now));
    await run.update({ fingerprint: dataset.fingerprint, split_seed: dataset.seed });
  } else if (fingerprint !== dataset.fingerprint) {
    throw changed(run, "data", await whatChanged(run, now), fingerprint, dataset.fingerprint);
  }
}

/** Options that change no result, and paths of things that are compared by content. */
const free = new Set(["cache", "checkpointSeconds", "tensorboard", "memoryLimit", "pictures"]);
const places = new Set(["base", "teacher", "initFrom", "data", "sources"]);

/**
 * Checks that a resumed run has the options that it was started with, because half of it was made with them. The first
 * time it stores them.
 * @throws RunError naming each that differs in `run.json`
 */
export async function requireSameOptions(run: RunFolder): Promise<void> {
  const { options, multi_task = {}, decided = {} } = run.manifest;
  const now = Object.fromEntries(
    Object.entries({ ...options, ...multi_task }).filter(([name]) => !free.has(name) && !places.has(name)),
  );
  const given = (await run.readState(optionsFile)) as Record<string, unknown> | undefined;
  if (typeof given !== "object" || given === null) return run.writeState(optionsFile, JSON.stringify(now));
  // Decisions of the run itself are kept, and must not be changed either.
  const before: Record<string, unknown> = { ...given, ...decided };
  const valueText = (value: unknown): string => (value == null ? "not given" : JSON.stringify(value));
  const differ = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => valueText(before[name]) !== valueText(now[name]),
  );
  if (differ.length > 0)
    throw new EngraftError(
      "RunError",
      `the options changed since the run was started: ${differ.map((name) => `${name} was ${valueText(before[name])}, now it is ${valueText(now[name])}`).join("; ")}`,
      {
        at: run.file("run.json"),
        help: "put them back as they were, or start a new run with another --out",
        details: { before, now },
      },
    );
}

const optionsFile = "options.json";

/**
 * Checks that a resumed run starts from the same base. After the last check of its kind, new locations are stored:
 * `run.settle()`.
 * @throws RunError if the base's weights, its preprocessing, its tokenizer or the cut differ
 */
export async function requireSameBase(run: RunFolder, { base, body }: OpenedBase): Promise<void> {
  const { base_sha256: before, front_end_sha256: ownFrontEnd, preprocessing, cut } = run.manifest;
  const frontEnd = frontEndOf(base);
  const frontEndSha256 = frontEnd && (await run.sha256(frontEnd.content));
  if (before === undefined) {
    await run.update({
      base_sha256: base.sha256,
      ...(frontEndSha256 !== undefined && { front_end_sha256: frontEndSha256 }),
      ...(base.hub && { base_hub: base.hub }),
      preprocessing: { ...base.preprocessing },
      cut: body.cut.value,
    });
    return;
  }
  if (before !== base.sha256)
    throw changed(run, "base", `the sha256 of ${base.name} was ${before}, now it is ${base.sha256}`, before);
  const fields = Object.entries(base.preprocessing).filter(
    ([name, value]) => JSON.stringify(preprocessing?.[name]) !== JSON.stringify(value),
  );
  if (fields.length > 0)
    throw changed(
      run,
      "base's preprocessing",
      fields
        .map(([name, v]) => `${name} was ${JSON.stringify(preprocessing?.[name])}, now ${JSON.stringify(v)}`)
        .join("; "),
    );
  if (ownFrontEnd !== frontEndSha256)
    throw changed(
      run,
      frontEnd?.what ?? "base",
      `the files beside ${base.name} have other content`,
      ownFrontEnd,
      frontEndSha256,
    );
  if (cut !== body.cut.value)
    throw changed(run, "place where the base is cut", `it was "${cut}", now it is "${body.cut.value}"`);
}

/** Returns the settings that convert texts or sounds to the input of a base. Undefined for a base of pictures, which has a preprocessing. */
function frontEndOf({
  text,
  audio,
}: OpenedBase["base"]): { readonly what: string; readonly content: string } | undefined {
  if (audio) return { what: "base's front end", content: JSON.stringify(audio.preprocessor) };
  if (!text) return undefined;
  const parts = (text.parts ?? [text]).map(({ files: { tokenizer, config }, pooling }) => {
    // The template of chats makes no tokens of a text.
    const { chat_template: _, ...settings } = config;
    return [tokenizer, settings, pooling];
  });
  return { what: "tokenizer", content: JSON.stringify(parts) };
}

/** Models that a run uses besides its base. */
const otherModels = { teacher_sha256: "teacher", init_sha256: "model of --init-from" } as const;

/** @throws RunError if a resumed run finds another model, or another source table, than at the start */
export async function requireSameModel(
  run: RunFolder,
  kind: keyof typeof otherModels,
  {
    name,
    sha256,
    what = otherModels[kind],
  }: { readonly name: string; readonly sha256: string; readonly what?: string },
): Promise<void> {
  const before = run.manifest[kind];
  if (before === undefined) return run.update({ [kind]: sha256 });
  if (before !== sha256)
    throw changed(run, what, `the sha256 of ${name} was ${before}, now it is ${sha256}`, before, sha256);
}

function changed(run: RunFolder, what: string, how: string, before?: string, now?: string): EngraftError {
  return new EngraftError("RunError", `the ${what} changed since the run was started: ${how}`, {
    at: run.path,
    help: `put the ${what} back as it was, or start a new run with another --out`,
    ...(what === "data" && { code: "other-data" }),
    details: { changed: what, how, before, now },
  });
}

/** "1 new (a.png), 2 gone (b.png, c.png), 1 with other content (d.png)" */
async function whatChanged(run: RunFolder, now: Known): Promise<string> {
  const before = (await run.readState("items.json")) as Known | undefined;
  if (typeof before !== "object" || before === null) return "its fingerprint is another one";
  const both = Object.keys(now).filter((id) => Object.hasOwn(before, id));
  const differs = (field: 0 | 1 | 2) => both.filter((id) => before[id]?.[field] !== now[id]![field]);
  const kinds: readonly (readonly [readonly string[], string])[] = [
    [Object.keys(now).filter((id) => !Object.hasOwn(before, id)), "new"],
    [Object.keys(before).filter((id) => !Object.hasOwn(now, id)), "gone"],
    [differs(0), "with other content"],
    [differs(1), "with another target"],
    [differs(2), "in another part"],
  ];
  return kinds
    .filter(([ids]) => ids.length > 0)
    .map(
      ([ids, kind]) => `${ids.length} ${kind} (${ids.slice(0, 3).join(", ")}${ids.length > 3 ? ", …" : ""})`,
    )
    .join(", ");
}
