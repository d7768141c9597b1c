import type { EngraftManifest } from "../bases/model-folder/model-folder.js";
import {
  countEqualByChance,
  type Identified,
  isSampleEntry,
  partIn,
  readSampleParts,
  type SampleParts,
  samplePartsFile,
  wasLearnt,
} from "../bases/model-folder/sample-parts.js";
import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import { testFingerprint } from "../data/fingerprints.js";
import { isSourceFree } from "../methods/adapt/registry.js";
import type { Platform } from "../platform/platform.js";
import type { EvaluateOptions } from "./evaluation.js";

/** Items that a model may be scored on. */
export interface ScoredItems<Item> {
  readonly items: Item[];
  /** Description of the items. */
  readonly words: string;
  readonly leftOut: number;
}

/** A model whose training data is known from its folder and run. */
interface Trained {
  readonly dir: string;
  /** Its engraft.json; undefined for a folder of another program. */
  readonly engraft: Pick<EngraftManifest, "data" | "strategy"> | undefined;
}

/** A sample of opened data, with its split there. */
export interface Sample extends Identified {
  readonly part?: Part;
}

/**
 * Chooses the samples that a model may be scored on: its own test split if the data hold at least half of it, else all samples that
 * were not used for training or validation. If the training data are unknown, all samples are scored, with a warning.
 * @param unit such as "pictures"
 * @throws DataError if no sample is left; RunError if the named run did not train the model
 */
export async function scoredItems<Item extends Sample>(
  platform: Platform,
  data: { readonly items: readonly Item[]; readonly root: string },
  { dir, engraft }: Trained,
  unit: string,
  { run, onEvent }: EvaluateOptions,
): Promise<ScoredItems<Item>> {
  const { items, root } = data;
  const known = await readSampleParts(platform, dir, engraft, run);
  const own = known
    ? items.filter((item) => partIn(known, item) === "test")
    : await ownTestPart(platform, items, engraft);
  if (known && own.length > 0 && isSourceFree(engraft?.strategy?.name ?? ""))
    return unlearnt(items, known, unit);
  const isOwn = !known || 2 * own.length >= countTested(known);
  if (own.length > 0 && isOwn) {
    const used = known ? items.filter((item) => wasLearnt(known, item)).length : undefined;
    const rest = items.length - own.length;
    const usedWords = used === undefined ? "" : ` (${used} of them the model was trained or chosen on)`;
    return {
      items: own,
      leftOut: rest,
      words: `the ${own.length} ${unit} of the model's own test part; ${rest} others left out${usedWords}`,
    };
  }
  if (!known) {
    if (engraft)
      onEvent?.({
        event: "warning",
        code: "samples_unknown",
        message: `the model may have been trained on some of these ${unit}, then the score is too good: there is no ${samplePartsFile} beside its folder; name its run with --run`,
      });
    const words = `all ${items.length} ${unit}; it is not known which of them the model was trained on`;
    return { items: [...items], leftOut: 0, words };
  }
  return unseen(items, known, unit, root);
}

/** Number of samples in the test split of a model. */
const countTested = (known: SampleParts): number =>
  Object.entries(known).filter(([name, part]) => part === "test" && isSampleEntry(name)).length;

/** Returns the samples that an adapted model has learnt no label of. Those of its target are no better than new ones. */
function unlearnt<Item extends Sample>(
  items: readonly Item[],
  known: SampleParts,
  unit: string,
): ScoredItems<Item> {
  const scored = items.filter((item) => !wasLearnt(known, item));
  const seen = scored.filter((item) => partIn(known, item)).length;
  const leftOut = items.length - scored.length;
  return {
    items: scored,
    leftOut,
    words: `${scored.length} ${unit}, ${seen} of them of the model's test part or its target, whose labels it has not seen; ${leftOut} others left out, which it was trained or chosen on`,
  };
}

/** Returns the samples outside the training data. @throws DataError if there are none */
function unseen<Item extends Sample>(
  items: readonly Item[],
  known: SampleParts,
  unit: string,
  root: string,
): ScoredItems<Item> {
  const fresh = items.filter((item) => !wasLearnt(known, item));
  const used = items.length - fresh.length;
  if (fresh.length === 0)
    throw new EngraftError(
      "DataError",
      `the model was trained or chosen on all ${items.length} ${unit} of the data: a score on them would mean nothing`,
      { at: root, help: `give ${unit} that it has not seen`, details: { learnt: items.length } },
    );
  const tested = fresh.filter((item) => partIn(known, item)).length;
  const seen = tested === 0 ? "seen" : "learnt from";
  const ofTest = tested === 0 ? "" : ` (${tested} of its own test part)`;
  const equal = countEqualByChance(known, fresh);
  const ofFewValues =
    equal === 0
      ? ""
      : `; ${equal} of them equal ${unit} it learnt from, as few values explain, and count as new`;
  return {
    items: fresh,
    leftOut: used,
    words:
      used === 0
        ? `all ${fresh.length} ${unit}: the model has ${seen} none of them${ofTest}${ofFewValues}`
        : `${fresh.length} ${unit} that the model has not ${seen}${ofTest}; ${used} it was trained or chosen on are left out${ofFewValues}`,
  };
}

/** Returns the test split of the data if it is the one that the model was scored on. */
async function ownTestPart<Item extends Sample>(
  platform: Platform,
  items: readonly Item[],
  engraft: Trained["engraft"],
): Promise<Item[]> {
  const test = items.filter(({ part }) => part === "test");
  const same = test.length > 0 && (await testFingerprint(platform, test)) === engraft?.data?.test_fingerprint;
  return same ? test : [];
}

/** Returns the model's label for each label of the data. @throws ModelError for classes that the model does not know */
export function modelLabels(
  data: { readonly classes: readonly string[]; readonly root: string },
  model: { readonly classes: readonly string[]; readonly dir: string },
  help: string,
): number[] {
  const missing = data.classes.filter((name) => !model.classes.includes(name));
  if (missing.length > 0)
    throw new EngraftError(
      "ModelError",
      `the model does not know ${missing.length} of the data's ${data.classes.length} classes: ${quoted(missing)}`,
      {
        at: `model "${model.dir}", which knows ${quoted(model.classes)}; data "${data.root}"`,
        help,
        details: { missing, known: model.classes },
      },
    );
  return data.classes.map((name) => model.classes.indexOf(name));
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((n) => `"${n}"`)
    .join(", ") + (names.length > 5 ? `, and ${names.length - 5} more` : "");
