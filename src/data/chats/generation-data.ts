import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import type { Opened } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { givenPart, splitColumnOf } from "../lists/columns.js";
import { findLists } from "../lists/find-lists.js";
import { type Quotes, requireQuotes } from "../lists/quotes.js";
import { divide } from "../split/divide.js";
import { byCodePoint, type Warning } from "../split/found.js";
import { firstEqual } from "../split/groups.js";
import {
  type EmptyParts,
  type GroupCells,
  type GroupNames,
  groupCellsOf,
  groupColumnsOf,
  groupsOf,
} from "../split/named-groups.js";
import { splitOrigin } from "../split/split-origin.js";
import { columnNames } from "../tables/table-columns.js";
import { groupNearTexts, normalText } from "../texts/near-texts.js";
import { readTexts } from "../texts/read-texts.js";
import { findTexts } from "../texts/unlabelled-texts.js";
import type { Chat } from "./chat.js";
import { isChatField } from "./chat-layouts.js";
import { contentOf, holdsChats, promptKeys, readChats, requireChats } from "./read-chats.js";

/** A text or a chat that a decoder learns to write. */
export interface GenerationItem {
  /** `chats.jsonl:12`, or `stories.txt, line 12` */
  readonly id: string;
  readonly path: string;
  readonly part: Part;
  readonly group?: string;
  /** Id of the first of its near copies, which stay in one split. Missing: it has none. */
  readonly copyOf?: string;
  readonly sha256: string;
  readonly copyHash: string;
  /** Samples have no classes. */
  readonly label: 0;
  /** The text; of a chat all its messages with their roles. */
  readonly text: string;
  /** Missing for a text. */
  readonly chat?: Chat;
}

/** Texts, or chats, with splits. */
export interface GenerationData extends Opened<GenerationItem> {
  readonly form: "texts" | "chats";
  readonly classes: readonly [];
  readonly duplicates: { readonly exact: number; readonly near: number; readonly acrossParts: number };
}

/** Options of {@link openGenerationData}. */
export interface GenerationDataOptions extends Pick<EmptyParts, "emptyParts"> {
  readonly seed: number;
  /** A column or field of groups, or a pattern for names of samples. Default: "group", if there is one. */
  readonly groupFrom?: string | undefined;
  readonly quotes?: Quotes | undefined;
  /** The column of texts. Default: found by name. */
  readonly text?: string | undefined;
  /** Form of the data. Default: chats, if the first record is one. */
  readonly form?: GenerationData["form"];
}

/** A sample before the splits. */
interface Found extends Pick<GenerationItem, "id" | "text" | "chat"> {
  readonly given: Part | undefined;
  readonly group: string | undefined;
}

interface FoundAll {
  readonly found: readonly Found[];
  readonly skipped: { readonly item: string; readonly reason: string }[];
  readonly warnings: Warning[];
  /** Copies that the reader removed already. */
  readonly removed?: { readonly exact: number; readonly acrossParts: number };
}

/**
 * Reads texts or chats, and divides them: as the files or the column "split" say, otherwise 15 % for validation and 15 % for the test.
 * Near copies, groups, and chats with the same first question stay in one split.
 *
 * Chats: the layouts and files of `readChats`. Texts: a `.txt` file with a text a line, a list with a column of texts, or a folder of them.
 * @throws DataError for data that cannot be read, or not be divided
 * @example
 * const { form, items } = await openGenerationData(nodePlatform, "chats.jsonl", { seed: 1 });
 */
export async function openGenerationData(
  platform: Platform,
  path: string,
  { seed, groupFrom, quotes, text: column, form: given, emptyParts }: GenerationDataOptions,
): Promise<GenerationData> {
  const form = given ?? ((await holdsChats(platform, path)) ? "chats" : "texts");
  const root = platform.files.resolve(path);
  const { found, skipped, warnings, removed } =
    form === "chats"
      ? await foundChats(platform, path, { groupFrom, quotes, emptyParts })
      : await foundTexts(platform, path, { groupFrom, quotes, text: column });
  const contents = found.map(({ text, chat }) => (chat ? contentOf(chat) : text));
  const hashes = await Promise.all(contents.map((content) => platform.sha256(content)));
  const all = found.map((one, i) => ({ ...one, sha256: hashes[i]! }));
  const near = groupNearTexts(all.length, (i) => all[i]!.text);
  const strata = { bin: new Int32Array(all.length), bins: 1 };
  const how = { seed, unit: "text", root, emptyParts } as const;
  const split = divide(all, strata, { exact: firstEqual(hashes), near }, how, skipped, warnings);
  const items = await Promise.all(
    split.kept.map(async (at, k): Promise<GenerationItem> => {
      const { id, text, chat, sha256, group } = all[at]!;
      const copyOf = split.copyOf[k];
      return {
        ...{ id, path: root, part: split.parts[k]!, sha256, label: 0, text },
        copyHash: await platform.sha256(normalText(text)),
        ...(chat && { chat }),
        ...(group !== undefined && { group }),
        ...(copyOf !== undefined && { copyOf }),
      };
    }),
  );
  const lines = items.map(({ sha256, part }) => JSON.stringify([sha256, part])).sort(byCodePoint);
  return {
    ...{ form, root, classes: [], items, seed, skipped, warnings },
    ...splitOrigin(split.origin),
    duplicates: {
      exact: split.exact + (removed?.exact ?? 0),
      near: split.near,
      acrossParts: split.acrossParts + (removed?.acrossParts ?? 0),
    },
    ...(await fingerprintsOf(platform, lines, items)),
  };
}

/** Text of a chat by which copies are found: the roles and contents of its messages. */
const textOfChat = ({ messages }: Chat): string =>
  messages.map(({ role, content }) => `${role}: ${content}`).join("\n");

async function foundChats(
  platform: Platform,
  path: string,
  { groupFrom, quotes, emptyParts }: Pick<GenerationDataOptions, "groupFrom" | "quotes" | "emptyParts">,
): Promise<FoundAll> {
  const skipped: FoundAll["skipped"][number][] = [];
  const warnings: Warning[] = [];
  const read = await readChats(platform, path, skipped, quotes);
  const different = new Set(read.map(({ chat }) => contentOf(chat))).size;
  requireChats(path, different, read.length, skipped);
  const columns = [...new Set(read.flatMap(({ fields }) => Object.keys(fields)))];
  // Fields of messages are no groups.
  const others = columns.filter((name) => !isChatField(name));
  const place = groupColumnsOf(columns, groupFrom);
  const split = splitColumnOf({ columns });
  const rowOf = ({ fields, line, file }: (typeof read)[number]) => ({ values: fields, line, file });
  const list = { name: path };
  const cells: GroupCells[] = read.map((one) => groupCellsOf(place, rowOf(one), list));
  const named = await groupsOf(place, cells, groupFrom, {
    ...{ what: "chat", columns: others, warnings },
    nameOf: (i) => read[i]!.chat.id,
  });
  const groups = withQuestions(
    named,
    read.map(({ chat }) => chat),
  );
  const found = read.map((one, i) => ({
    ...{ id: one.chat.id, chat: one.chat, text: textOfChat(one.chat), group: groups[i] },
    given: one.part ?? givenPart(rowOf(one), split, list),
  }));
  const isGiven = found.some(({ given }) => given !== undefined) || named.some(isGroup);
  if (!emptyParts && !isGiven && groups.every((one) => isGroup(one) && one === groups[0]))
    throw new EngraftError("DataError", `all chats of "${path}" have the same prompt`, {
      help: 'give chats with different questions, or the split of each in a field "split"',
      details: { chats: found.length },
    });
  return { ...{ skipped, warnings }, found };
}

const isGroup = (group: GroupNames[number]): boolean => group !== undefined;

/** Returns the groups of chats. Chats without one have that of others with the same question. */
function withQuestions(groups: GroupNames, chats: readonly Chat[]): GroupNames {
  const keys = promptKeys(chats);
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return groups.map((group, i) => group ?? (counts.get(keys[i]!)! > 1 ? keys[i] : undefined));
}

async function foundTexts(
  platform: Platform,
  path: string,
  { groupFrom, quotes, text }: Pick<GenerationDataOptions, "groupFrom" | "quotes" | "text">,
): Promise<FoundAll> {
  const { files } = platform;
  const root = files.resolve(path);
  if (!(await files.stat(root)))
    throw new EngraftError("DataError", `there are no texts at "${path}"`, {
      help: "give a .txt file with a text a line, a .csv or .jsonl with a column of texts, or chats in JSON lines",
    });
  if (await findLists(files, root)) {
    const reader = () => () => ({ target: "" });
    const options = {
      ...{ quotes, groupFrom, fewerClasses: true, keepUnlabelled: true },
      ...(text !== undefined && { named: columnNames("text", text) }),
    };
    const read = await readTexts(platform, path, reader, options);
    const { duplicates, acrossParts } = read;
    return {
      found: read.kept.map(({ id, text, given, group }) => ({ id, text, given, group })),
      skipped: [...read.skipped],
      warnings: [...read.warnings],
      removed: { exact: duplicates, acrossParts },
    };
  }
  requireQuotes(quotes, [path]);
  const skipped: FoundAll["skipped"][number][] = [];
  const warnings: Warning[] = [];
  const found = await findTexts(platform, path, skipped);
  if (found.length === 0)
    throw new EngraftError("DataError", `"${path}" holds no texts`, {
      help: "give a .txt file with a text a line, or a folder of them",
    });
  const place = groupColumnsOf([], groupFrom);
  const groups = await groupsOf(
    place,
    found.map(() => []),
    groupFrom,
    { what: "text", columns: [], warnings, nameOf: (i) => found[i]!.id },
  );
  return {
    ...{ skipped, warnings },
    found: found.map(({ id, text }, i) => ({ id, text, given: undefined, group: groups[i] })),
  };
}
