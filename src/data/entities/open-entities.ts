import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import type { Dataset, Opened, OpenOptions, Sample, Skipped } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { checkClassNames, refuseClassNames } from "../lists/class-names.js";
import { listError } from "../lists/list-bytes.js";
import { type ReadOptions, readList, readLists } from "../lists/read-list.js";
import { warnConflicts } from "../split/copies.js";
import { type Division, divide } from "../split/divide.js";
import { byCodePoint, count, quoted, type Warning } from "../split/found.js";
import { firstEqual } from "../split/groups.js";
import { type GroupNames, groupCellsOf, groupColumnsOf, groupsOf } from "../split/named-groups.js";
import { partFiles } from "../split/part-files.js";
import { groupNearTexts, normalText } from "../texts/near-texts.js";
import {
  listedSentences,
  nestedName,
  type ReadSentence,
  readTaggedFile,
  taggedName,
} from "./read-entities.js";
import { brokenTags, type Span, schemeOf, spansOf, type TagScheme, tagsOf } from "./tags.js";

/** One sentence with its entities. */
export interface SentenceItem extends Omit<Sample, "path"> {
  readonly words: readonly string[];
  /** Index into {@link EntityData.labels} of each word; empty if the file has no tags. */
  readonly tags: readonly number[];
  /** Stratum of the split: number of the sentence's rarest entity type, from 1; 0 without an entity. */
  readonly label: number;
}

/** The sentences of a dataset for named-entity recognition, with labels and splits. */
export interface EntityData extends Opened<SentenceItem>, Required<Pick<Dataset, "duplicates" | "leaks">> {
  /** Entity types, sorted by code point. */
  readonly types: readonly string[];
  /** The model's labels: "O", then B-TYPE and I-TYPE of each type. */
  readonly labels: readonly string[];
  /** Tag scheme of the file; the items use BIO. */
  readonly scheme: TagScheme;
  /** Number of repaired tags, and of sentences with them. */
  readonly repaired: { readonly tags: number; readonly sentences: number };
}

/** Returns "O", then B-TYPE and I-TYPE of each type. */
export const labelsOf = (types: readonly string[]): string[] => [
  "O",
  ...types.flatMap((type) => [`B-${type}`, `I-${type}`]),
];

/** Options of {@link openEntities}. */
export interface OpenEntitiesOptions extends Pick<OpenOptions, "seed" | "emptyParts"> {
  /** Accepts sentences without tags; `types` is empty then. Default false. */
  readonly untagged?: boolean;
  /**
   * The field of groups, or a pattern for the ids of sentences. The field "document" numbers the texts between -DOCSTART- lines.
   * Default: a field called "group" or "group_id".
   */
  readonly groupFrom?: string | undefined;
  /** Names of the tags 0, 1, 2 …, separated by commas. */
  readonly classNames?: string | undefined;
}

/**
 * Opens the sentences of a file of columns, of a list with lists as cells, or of a folder with `train.*` and `test.*`. Tags of any
 * scheme become BIO. Invalid tags are repaired by conlleval's rules and counted.
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
  const warnings: Warning[] = [];
  const read = withoutLanguage(
    await readSentences(platform, root, name, { classNames, fewerClasses }, warnings),
    warnings,
  );
  warnEntitiesInsideWords(read, name, warnings);
  const skipped: Skipped[] = read
    .filter(({ words }) => words.length === 0)
    .map(({ id }) => ({ item: id, reason: "has no words" }));
  const sentences = read.filter(({ words }) => words.length > 0);
  const scheme = schemeOf(sentences.map(({ tags }) => tags));
  const spans = sentences.map(({ tags }) => spansOf(tags));
  const types = [...new Set(spans.flatMap((all) => all.map(({ type }) => type)))].sort(byCodePoint);
  requireEntities(sentences, types, { name, untagged });
  checkClassNames(types, name);
  const repaired = warnBroken(sentences, scheme, warnings);
  const labels = labelsOf(types);
  const indexOf = new Map(labels.map((label, i) => [label, i]));
  const strata = rarestTypes(spans, types);
  const division = { seed, unit: "sentence", root: name, emptyParts } as const;
  const { hashes, groups, kept, parts, origin, leaks, ...copies } = await divideSentences(
    sentences,
    { bin: strata, bins: types.length + 1 },
    { ...division, platform, groupFrom },
    skipped,
    warnings,
  );
  const items: SentenceItem[] = [];
  for (const [k, i] of kept.entries()) {
    const { id, words, tags } = sentences[i]!;
    const bio = tags.length === 0 ? [] : tagsOf(spans[i]!, words.length);
    items.push({
      id,
      words,
      tags: bio.map((tag) => indexOf.get(tag)!),
      label: strata[i]!,
      part: parts[k]!,
      ...(groups[i] !== undefined && { group: groups[i] }),
      sha256: hashes[i]!,
      copyHash: await platform.sha256(normalText(words.join(" "))),
    });
  }
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
    ...splitOrigin(origin),
    skipped,
    duplicates: copies,
    leaks,
    warnings,
    ...(await fingerprintsOf(platform, lines, items)),
  };
}

/** Divides sentences into splits. Copies have the same words; near copies differ only in capitals and punctuation. */
async function divideSentences(
  sentences: readonly ReadSentence[],
  strata: Parameters<typeof divide>[1],
  options: Division & { readonly platform: Platform; readonly groupFrom: string | undefined },
  skipped: Skipped[],
  warnings: Warning[],
) {
  const hashes: string[] = [];
  for (const { words } of sentences) hashes.push(await options.platform.sha256(JSON.stringify(words)));
  const exact = firstEqual(hashes);
  const tagged = sentences.map(({ id, tags }) => ({ id, target: tags }));
  warnConflicts(tagged, exact, "sentence", warnings);
  const groups = await sentenceGroups(sentences, options.groupFrom, warnings);
  const near = groupNearTexts(sentences.length, (i) => sentences[i]!.words.join(" "), { exactOnly: true });
  const all = tagged.map((one, i) => ({
    ...one,
    given: sentences[i]!.given,
    sha256: hashes[i]!,
    group: groups[i],
  }));
  return { hashes, groups, ...divide(all, strata, { exact, near }, options, skipped, warnings) };
}

/** Reads the sentences of a file or folder. @param warnings receives those of the lists. @throws DataError with file and line */
async function readSentences(
  platform: Platform,
  root: string,
  name: string,
  options: ReadOptions,
  warnings: Warning[],
): Promise<ReadSentence[]> {
  const { files } = platform;
  const isFolder = (await files.stat(root))?.kind === "folder";
  const parts = isFolder ? await partFiles(files, root, taggedName) : [];
  const columns = isFolder ? parts.some((part) => !nestedName.test(part.name)) : !nestedName.test(root);
  if (!columns) {
    const list = await readLists(platform, root, options);
    if (list) warnings.push(...(list.warnings ?? []));
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
      const list = nestedName.test(file) ? await readList(platform, path, options) : undefined;
      warnings.push(...(list?.warnings ?? []));
      const own = list ? listedSentences(list) : await readTaggedFile(files, path);
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

/** Fewest words that show that all begin with their language. */
const fewestWords = 20;

/** Returns the sentences without the language before each word, "en:", as WikiANN writes it. */
function withoutLanguage(sentences: readonly ReadSentence[], warnings: Warning[]): readonly ReadSentence[] {
  const [prefix] = /^[a-z]{2,3}(-[a-z]+)?:(?=.)/.exec(sentences[0]?.words[0] ?? "") ?? [];
  const all = sentences.reduce((sum, { words }) => sum + words.length, 0);
  if (prefix === undefined || all < fewestWords) return sentences;
  if (!sentences.every(({ words }) => words.every((word) => word.startsWith(prefix)))) return sentences;
  warnings.push(warningText("words_have_language", message("words-have-language", { prefix })));
  return sentences.map((one) => ({ ...one, words: one.words.map((word) => word.slice(prefix.length)) }));
}

/** Largest share of entities that begin or end inside a word. */
const mostInside = 0.1;

/** Warns of entities that begin or end inside a word. @throws DataError for more than a tenth: the positions count something else */
function warnEntitiesInsideWords(
  sentences: readonly ReadSentence[],
  name: string,
  warnings: Warning[],
): void {
  let [of, entities] = [0, 0];
  let first: string | undefined;
  for (const { spans } of sentences) {
    of += spans?.all ?? 0;
    entities += spans?.inside ?? 0;
    first ??= spans?.first;
  }
  if (first === undefined) return;
  const found = message("entities-inside-words", { entities, of, first });
  if (entities <= mostInside * of) warnings.push(warningText("entities_inside_words", found));
  else
    throw listError(
      name,
      `has ${count(entities, "entity", "entities")} of ${of} that ${entities === 1 ? "begins or ends" : "begin or end"} inside a word, first ${first}`,
      undefined,
      "positions count characters (not bytes) from 0, and the second one stands behind the entity",
    );
}

/** Checks sentences and tags. @throws DataError for a file without sentences, required tags or entities */
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
  const untaggedSentence = sentences.find(({ tags }) => tags.length === 0);
  if (untaggedSentence)
    throw new EngraftError("DataError", `"${untaggedSentence.file}" has no tags`, {
      help: 'add a field "tags" with one tag a word',
    });
  if (types.length === 0)
    throw new EngraftError("DataError", `"${name}" marks no entity: every tag is O`, {
      help: "the last column is the tag: B-TYPE and I-TYPE for words of an entity",
    });
}

/** Adds a warning about invalid tags, and returns their number. */
function warnBroken(
  sentences: readonly ReadSentence[],
  scheme: TagScheme,
  warnings: Warning[],
): EntityData["repaired"] {
  const places: string[] = [];
  let [tags, broken] = [0, 0];
  for (const { tags: sentenceTags, lines, file } of sentences) {
    const brokenPlaces = brokenTags(sentenceTags, scheme);
    if (brokenPlaces.length === 0) continue;
    tags += brokenPlaces.length;
    broken++;
    places.push(`${sentenceTags[brokenPlaces[0]!]} in ${file}, line ${lines[brokenPlaces[0]!]}`);
  }
  if (broken > 0)
    warnings.push({
      code: "broken_tags",
      message: `${count(tags, "tag")} in ${count(broken, "sentence")} not valid in ${scheme} (${places.slice(0, 3).join("; ")}${places.length > 3 ? "; …" : ""}): repaired as conlleval does, so a tag that continues no entity begins one`,
    });
  return { tags, sentences: broken };
}

/** Returns the stratum of each sentence: number of its rarest entity type, from 1; 0 without an entity. */
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

/** Returns the group of each sentence. @throws OptionError for an invalid pattern and for one that matches no sentence */
async function sentenceGroups(
  sentences: readonly ReadSentence[],
  groupFrom: string | undefined,
  warnings: Warning[],
): Promise<GroupNames> {
  const columns = [...new Set(sentences.flatMap(({ fields = {} }) => Object.keys(fields)))];
  const place = groupColumnsOf(columns, groupFrom);
  const cells = sentences.map(({ fields = {}, file, lines }) =>
    groupCellsOf(place, { values: fields, line: lines[0]! }, { name: file }),
  );
  const nameOf = (i: number): string => sentences[i]!.id;
  return groupsOf(place, cells, groupFrom, { nameOf, what: "sentence", columns, warnings });
}

/** Checks that the model knows all entity types. @throws DataError for unknown types */
export function requireTypes(types: readonly string[], known: readonly string[], root: string): void {
  const missing = types.filter((type) => !known.includes(type));
  if (missing.length === 0) return;
  throw new EngraftError(
    "DataError",
    `the model does not know ${missing.length} of the data's ${types.length} types of entities: ${quoted(missing, 5)}`,
    { at: root, help: `it knows ${quoted(known, 12)}`, details: { missing, known } },
  );
}
