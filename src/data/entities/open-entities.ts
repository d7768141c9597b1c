import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type Message, message, warningText } from "../../core/messages/message.js";
import { type SplitOrigin, splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import { fingerprintsOf } from "../fingerprints.js";
import { refuseClassNames } from "../lists/class-names.js";
import { asText } from "../lists/columns.js";
import { type ReadOptions, readList, readLists } from "../lists/read-list.js";
import { fillSplits } from "../split/fill-splits.js";
import { byCodePoint, count, quoted, type Warning } from "../split/found.js";
import { checkGroups, type GroupNames, groupColumnOf, groupsOf, haveGroups } from "../split/named-groups.js";
import { partFiles } from "../split/part-files.js";
import {
  listedSentences,
  nestedName,
  type ReadSentence,
  readTaggedFile,
  taggedName,
} from "./read-entities.js";
import { brokenTags, type Span, schemeOf, spansOf, type TagScheme, tagsOf } from "./tags.js";

/** One sentence with its entities. */
export interface SentenceItem {
  /** `train.txt, line 12` */
  readonly id: string;
  readonly words: readonly string[];
  /** Index into {@link EntityData.labels} of each word; empty where the file has no tags. */
  readonly tags: readonly number[];
  /** Number of the rarest type in it, from 1 on; 0 without an entity: what splits are stratified by. */
  readonly label: number;
  readonly part: Part;
  /** What it belongs to with others (a document), where the data say so: all of them are in one part. */
  readonly group?: string;
  /** sha256 of the words, hex. */
  readonly sha256: string;
}

/** Sentences whose entities are marked. */
export interface EntityData extends SplitOrigin {
  readonly root: string;
  /** Types of entities, sorted by code point. */
  readonly types: readonly string[];
  /** "O", then B and I of each type: what a model answers for a word. */
  readonly labels: readonly string[];
  readonly items: readonly SentenceItem[];
  /** How the file marks entities; inside they are BIO. */
  readonly scheme: TagScheme;
  /** Tags that their scheme does not allow where they stood, and the sentences with them. */
  readonly repaired: { readonly tags: number; readonly sentences: number };
  readonly seed: number;
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  readonly duplicates: number;
  readonly acrossParts: number;
  readonly warnings: readonly Warning[];
  /** sha256: equal only for the same sentences, tags and parts. */
  readonly fingerprint: string;
  readonly testFingerprint: string;
}

/** "O", then B-TYPE and I-TYPE of each type. */
export const labelsOf = (types: readonly string[]): string[] => [
  "O",
  ...types.flatMap((type) => [`B-${type}`, `I-${type}`]),
];

export interface OpenEntitiesOptions {
  /** Decides which sentence is in which part. Default: 0. */
  readonly seed?: number;
  /** Whether sentences without tags will do: then `types` is empty. Default: false. */
  readonly untagged?: boolean;
  /**
   * The field that holds the group of each sentence ("document": what lies between -DOCSTART- lines), or a pattern tried on the
   * places of the sentences. Default: a field called "group" or "group_id".
   */
  readonly groupFrom?: string | undefined;
  /** Names of the tags 0, 1, 2 …, with commas between. */
  readonly classNames?: string | undefined;
  /** Nothing is trained on the data, so a part may be empty. Default: false. */
  readonly emptyParts?: boolean;
}

/**
 * Sentences of a file of columns, or of a list whose cells are lists, or of a folder with `train.*` and `test.*`. Tags of any scheme become BIO,
 * which says the same; broken ones are read as conlleval reads them, and counted.
 * @throws DataError with file and line
 */
export async function openEntities(
  platform: Platform,
  path: string,
  { seed = 0, untagged = false, groupFrom, classNames, emptyParts }: OpenEntitiesOptions = {},
): Promise<EntityData> {
  const { files } = platform;
  const root = files.resolve(path);
  const name = files.relative(files.dirname(root), root);
  const fewerClasses = untagged || emptyParts;
  const read = await sentencesAt(platform, root, name, { classNames, fewerClasses });
  const skipped = read
    .filter(({ words }) => words.length === 0)
    .map(({ id }) => ({ item: id, reason: "has no words" }));
  const sentences = read.filter(({ words }) => words.length > 0);
  const scheme = schemeOf(sentences.map(({ tags }) => tags));
  const spans = sentences.map(({ tags }) => spansOf(tags));
  const types = [...new Set(spans.flatMap((all) => all.map(({ type }) => type)))].sort(byCodePoint);
  requireEntities(sentences, types, { name, untagged });
  const warnings: Warning[] = [];
  const repaired = tellBroken(sentences, scheme, warnings);
  const labels = labelsOf(types);
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const { given, moved } = givenParts(sentences, name);
  const { kept, duplicates, acrossParts } = await unique(platform, sentences, given);
  if (duplicates > 0)
    warnings.push({
      ...warningText(
        "exact_duplicates",
        message("repeated-samples", { samples: duplicates, unit: "sentence", across: acrossParts }),
      ),
    });
  const strata = rarestTypes(spans, types);
  const groups = await sentenceGroups(
    kept.map(({ index }) => sentences[index]!),
    groupFrom,
  );
  const parts = divided(
    kept,
    kept.map(({ index }) => strata[index]!),
    groups,
    types.length + 1,
    seed,
    name,
  );
  warnings.push(...checkGroups(groups, parts.parts, "sentence", name, { emptyParts }));
  const items = kept.map(({ index, sha256 }, i): SentenceItem => {
    const { id, words, tags } = sentences[index]!;
    const bio = tags.length === 0 ? [] : tagsOf(spans[index]!, words.length);
    return {
      id,
      words,
      tags: bio.map((tag) => indexOf.get(tag)!),
      label: strata[index]!,
      part: parts.parts[i]!,
      ...(groups[i] !== undefined && { group: groups[i] }),
      sha256,
    };
  });
  const lines = items
    .map((i) => JSON.stringify([i.sha256, i.tags.map((t) => labels[t]), i.part]))
    .sort(byCodePoint);
  return {
    root,
    types,
    labels,
    items,
    scheme,
    repaired,
    seed,
    ...splitOrigin([...(moved ? [message("validation-becomes-test")] : []), ...parts.origin]),
    skipped,
    duplicates,
    acrossParts,
    warnings,
    ...(await fingerprintsOf(platform, lines, items)),
  };
}

async function sentencesAt(
  platform: Platform,
  root: string,
  name: string,
  options: ReadOptions,
): Promise<ReadSentence[]> {
  const { files } = platform;
  const isFolder = (await files.stat(root))?.kind === "folder";
  const parts = isFolder ? await partFiles(files, root, taggedName) : [];
  const columns = isFolder ? parts.some((part) => !nestedName.test(part.name)) : !nestedName.test(root);
  if (!columns) {
    const list = await readLists(platform, root, options);
    if (list) return listedSentences(list);
    throw new EngraftError("DataError", `the folder "${name}" holds no words and tags`, {
      help: "give train.txt, and if there is one test.txt, with a word and its tag a line",
    });
  }
  refuseClassNames(options.classNames, "a file of columns has the tags themselves");
  if (isFolder) {
    const all: ReadSentence[] = [];
    for (const { name: file, part } of parts) {
      const path = files.join(root, file);
      const own = nestedName.test(file)
        ? listedSentences(await readList(platform, path, options))
        : await readTaggedFile(files, path);
      all.push(...own.map((one) => ({ ...one, given: part })));
    }
    return all;
  }
  if (!taggedName.test(root))
    throw new EngraftError("DataError", `"${name}" is no file of words and tags`, {
      help: "give columns (.txt, .conll, .bio, .tsv) or .jsonl, .json or .parquet with tokens and tags, or a folder with train.txt and test.txt",
    });
  return readTaggedFile(files, root);
}

/** @throws DataError for a file without sentences, without tags where they are needed, or without an entity */
function requireEntities(
  sentences: readonly ReadSentence[],
  types: readonly string[],
  { name, untagged }: { readonly name: string; readonly untagged: boolean },
): void {
  if (sentences.length === 0)
    throw new EngraftError("DataError", `"${name}" has no sentences`, {
      help: "write a word and its tag a line, with an empty line between sentences",
    });
  if (untagged) return;
  const bare = sentences.find(({ tags }) => tags.length === 0);
  if (bare)
    throw new EngraftError("DataError", `"${bare.file}" has no tags`, {
      help: 'add a field "tags" with one tag a word',
    });
  if (types.length === 0)
    throw new EngraftError("DataError", `"${name}" marks no entity: every tag is O`, {
      help: "the last column is the tag: B-TYPE and I-TYPE for words of an entity",
    });
}

/** Say where tags are broken. */
function tellBroken(
  sentences: readonly ReadSentence[],
  scheme: TagScheme,
  warnings: Warning[],
): EntityData["repaired"] {
  const places: string[] = [];
  let [tags, broken] = [0, 0];
  for (const { tags: its, lines, file } of sentences) {
    const wrong = brokenTags(its, scheme);
    if (wrong.length === 0) continue;
    tags += wrong.length;
    broken++;
    places.push(`${its[wrong[0]!]} in ${file}, line ${lines[wrong[0]!]}`);
  }
  if (broken > 0)
    warnings.push({
      code: "broken_tags",
      message: `${count(tags, "tag")} in ${count(broken, "sentence")} cannot stand there in ${scheme} (${places.slice(0, 3).join("; ")}${places.length > 3 ? "; …" : ""}): read as conlleval does, what continues nothing begins an entity`,
    });
  return { tags, sentences: broken };
}

/** The parts that were given. Only train and validation: then validation is what tests. */
function givenParts(
  sentences: readonly { readonly given?: Part }[],
  name: string,
): { readonly given: readonly (Part | undefined)[]; readonly moved: boolean } {
  const has = (part: Part): boolean => sentences.some(({ given }) => given === part);
  const any = has("train") || has("validation") || has("test");
  if (any && !has("train"))
    throw new EngraftError("DataError", `no sentence of the train part in "${name}"`, {
      help: "give sentences to learn from, or no split at all",
    });
  const moved = any && has("validation") && !has("test");
  return {
    given: sentences.map(({ given }) =>
      any ? (moved && given === "validation" ? "test" : (given ?? "train")) : undefined,
    ),
    moved,
  };
}

interface Kept {
  readonly index: number;
  readonly sha256: string;
  readonly given: Part | undefined;
}

/** Each sentence once: of copies the one that tests stays, then the one that chooses. */
async function unique(
  platform: Platform,
  sentences: readonly ReadSentence[],
  given: readonly (Part | undefined)[],
): Promise<{ readonly kept: readonly Kept[]; readonly duplicates: number; readonly acrossParts: number }> {
  const seen = new Map<string, Kept>();
  let [duplicates, acrossParts] = [0, 0];
  for (const part of ["test", "validation", "train", undefined] as const)
    for (const [index, { words }] of sentences.entries()) {
      if (given[index] !== part) continue;
      const sha256 = await platform.sha256(JSON.stringify(words));
      const before = seen.get(sha256);
      if (before) {
        duplicates++;
        if (before.given !== part) acrossParts++;
      } else seen.set(sha256, { index, sha256, given: part });
    }
  return { kept: [...seen.values()].sort((a, b) => a.index - b.index), duplicates, acrossParts };
}

/** Number of the rarest type in each sentence, from 1 on; 0 without an entity: what the split is stratified by. */
function rarestTypes(spans: readonly (readonly Span[])[], types: readonly string[]): number[] {
  const times = new Map<string, number>();
  for (const own of spans) for (const { type } of own) times.set(type, (times.get(type) ?? 0) + 1);
  const order = [...types].sort((a, b) => times.get(a)! - times.get(b)! || byCodePoint(a, b));
  const rank = new Map(order.map((type, i) => [type, i]));
  return spans.map((own) => {
    const first = Math.min(...own.map(({ type }) => rank.get(type)!));
    return own.length === 0 ? 0 : types.indexOf(order[first]!) + 1;
  });
}

/** Returns the group of each sentence. @throws OptionError for a pattern that is none or fits no sentence */
async function sentenceGroups(
  sentences: readonly ReadSentence[],
  groupFrom: string | undefined,
): Promise<GroupNames> {
  const columns = [...new Set(sentences.flatMap(({ fields = {} }) => Object.keys(fields)))];
  const column = groupColumnOf(columns, groupFrom);
  const grouped = sentences.map(({ id, fields, file, lines }) => ({
    id,
    ...(column !== undefined && { group: asText(fields?.[column], file, lines[0]!, column) || undefined }),
  }));
  return groupsOf(grouped, ({ id }) => id, groupFrom, { what: "sentence", columns });
}

/** What is missing of the parts, taken out of train. */
function divided(
  kept: readonly Kept[],
  strata: readonly number[],
  groups: GroupNames,
  classes: number,
  seed: number,
  name: string,
): { readonly parts: Part[]; readonly origin: readonly Message[] } {
  if (kept.every(({ given }) => given !== undefined && given !== "train"))
    throw new EngraftError("DataError", `no sentence is left to train on in "${name}"`, {
      help: "all of them are in another part as well: give others",
      details: { sentences: kept.length },
    });
  const how = { classes, seed, stratified: "type", unit: "sentence" } as const;
  const { parts, origin } = fillSplits(kept, strata, groups, how);
  for (const part of ["train", "test"] as const)
    if (!parts.includes(part) && !haveGroups(groups))
      throw new EngraftError(
        "DataError",
        `"${name}" has ${count(kept.length, "sentence")}: none is left to ${part === "train" ? "learn from" : "test on"}`,
        { help: "add sentences: some dozens are the least that anything is learnt from" },
      );
  return { parts, origin };
}

/** @throws DataError for types that the model does not know */
export function requireTypes(types: readonly string[], known: readonly string[], root: string): void {
  const missing = types.filter((type) => !known.includes(type));
  if (missing.length === 0) return;
  throw new EngraftError(
    "DataError",
    `the model does not know ${missing.length} of the data's ${types.length} types of entities: ${quoted(missing, 5)}`,
    { at: root, help: `it knows ${quoted(known, 12)}`, details: { missing, known } },
  );
}
