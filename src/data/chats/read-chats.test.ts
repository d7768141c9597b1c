import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import { readChat } from "./chat-layouts.js";
import { holdsAnswers, holdsChats, readChats, requireChats } from "./read-chats.js";

const [system, user, assistant] = ["system", "user", "assistant"].map((role) => (content: string) => ({
  role,
  content,
})) as [(text: string) => object, (text: string) => object, (text: string) => object];

const lines = (records: readonly unknown[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join("");
const pair = (i: number) => ({ messages: [user(`question ${i}`), assistant(`answer ${i}`)] });
const pairs = (n: number, from = 0) => Array.from({ length: n }, (_, i) => pair(from + i));

/** Reads the chats of files in a folder. */
const read = (tree: Readonly<Record<string, string>>, path = "") =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    const skipped: { readonly item: string; readonly reason: string }[] = [];
    const found = await readChats(platformIn(folder), resolve(folder, path), skipped);
    return { found, chats: found.map(({ chat }) => chat), skipped };
  });
const refused = async (work: () => unknown): Promise<EngraftError> => {
  const error = await (async () => work())().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(EngraftError);
  return error as EngraftError;
};

test.each<[string, object, object[]]>([
  [
    "OpenAI",
    { messages: [system("s"), user("q"), assistant("a")] },
    [system("s"), user("q"), assistant("a")],
  ],
  [
    "ShareGPT",
    {
      conversations: [
        { from: "system", value: "s" },
        { from: "human", value: "q" },
        { from: "gpt", value: "a" },
      ],
    },
    [system("s"), user("q"), assistant("a")],
  ],
  ["conversations with roles", { conversations: [user("q"), assistant("a")] }, [user("q"), assistant("a")]],
  ["TRL with texts", { prompt: "q", completion: "a" }, [user("q"), assistant("a")]],
  [
    "TRL with messages",
    { prompt: [system("s"), user("q")], completion: [assistant("a")] },
    [system("s"), user("q"), assistant("a")],
  ],
  ["Alpaca", { instruction: "q", input: "", output: "a" }, [user("q"), assistant("a")]],
  [
    "Dolly",
    { instruction: "q", context: "x", response: "a", category: "open_qa" },
    [user("q\n\nx"), assistant("a")],
  ],
  ["questions with answers", { question: "q", answer: "a" }, [user("q"), assistant("a")]],
  ["Alpaca with input", { instruction: "q", input: "x", output: 4 }, [user("q\n\nx"), assistant("4")]],
  [
    "a system column",
    { system: "s", prompt: "q", completion: "a" },
    [system("s"), user("q"), assistant("a")],
  ],
  [
    "a system column and message",
    { system: "t", messages: [system("s"), user("q"), assistant("a")] },
    [system("s"), user("q"), assistant("a")],
  ],
  [
    "parts of text",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "q" },
            { type: "text", text: "r" },
          ],
        },
        assistant("a"),
      ],
    },
    [user("qr"), assistant("a")],
  ],
  [
    "messages after the last answer, and an answer of no text",
    { messages: [user("q"), assistant(""), user("r"), assistant("a"), user("s"), assistant(" ")] },
    [user("q"), assistant(""), user("r"), assistant("a")],
  ],
  [
    "answers of weight 0",
    {
      messages: [
        user("q"),
        { ...assistant("a"), weight: 0 },
        user("r"),
        { ...assistant("b"), weight: 1 },
        user("s"),
        { ...assistant("c"), weight: 0 },
      ],
    },
    [user("q"), { ...assistant("a"), weight: 0 }, user("r"), assistant("b")],
  ],
  [
    "another role",
    { messages: [{ role: "tool", content: "4" }, assistant("a")] },
    [{ role: "tool", content: "4" }, assistant("a")],
  ],
])("reads the layout %s", (_, record, messages) => {
  expect(readChat(record)).toEqual(messages);
});

test.each<[unknown, string]>([
  [{ messages: [user("q")] }, "has no answer"],
  [{ messages: [] }, "has no answer"],
  [{ messages: [user("q"), { ...assistant("a"), weight: 0 }] }, "has no answer to learn: all have weight 0"],
  [{ prompt: "q", completion: " \n" }, "has no answer"],
  [
    {
      messages: [user("q"), { role: "assistant", content: null, tool_calls: [{ id: "1" }] }, assistant("a")],
    },
    "calls a tool",
  ],
  [{ conversations: [{ from: "function_call", value: "{}" }] }, "calls a tool"],
  [
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
    'has a part that is no text: "image_url"',
  ],
  [{ messages: [{ content: "q" }] }, "has a message without a role"],
  [{ messages: ["q"] }, "has a message that is no object"],
  [{ messages: [{ role: "user", content: { text: "q" } }] }, "has a message whose content is no text"],
  [{ text: "q", label: "a" }, 'has no messages, but "text", "label"'],
  [{ messages: "q" }, 'has no messages, but "messages"'],
  ["q", "is no object"],
  [
    { messages: Array.from({ length: 201 }, () => [user("q"), assistant("a")]).flat() },
    "has more than 400 messages",
  ],
])("gives the reason why a record is no chat: %#", (record, reason) => {
  expect(readChat(record)).toBe(reason);
});

test("reads the files of a folder in the order of their names, and skips what cannot be read", async () => {
  const { chats, skipped } = await read({
    "b.jsonl": `\uFEFF${lines([pair(0)])}\r\n{"messages": [\n${lines([{ messages: [user("q")] }, pair(1)])}`,
    "a/one.json": JSON.stringify(pair(2)),
    "a/list.json": JSON.stringify([pair(3), pair(0)]),
    "a/inside.json": JSON.stringify({ version: 1, data: [pair(4)] }),
    "c.csv": 'prompt,completion\nquestion 5,answer 5\n"question, 6",answer 6\n',
    "d.tsv": "instruction\tinput\toutput\nadd\t1 2\t3\n",
    "e.json": "{",
    "config.json": "{}",
    ".hidden.jsonl": "{",
    "notes.txt": "{",
  });
  expect(chats.map(({ id }) => id)).toEqual([
    "a/inside.json:1",
    "a/list.json:1",
    "a/list.json:2",
    "a/one.json:1",
    "b.jsonl:1",
    "b.jsonl:5",
    "c.csv:2",
    "c.csv:3",
    "d.tsv:2",
  ]);
  expect(skipped.slice(0, 2)).toEqual([
    { item: "b.jsonl:3", reason: "is not JSON" },
    { item: "b.jsonl:4", reason: "has no answer" },
  ]);
  expect(skipped.slice(2).map(({ item }) => item)).toEqual(["e.json"]);
  expect(chats.at(-1)!.messages).toEqual([user("add\n\n1 2"), assistant("3")]);
});

test("a file of a split gives its chats the split, and a record keeps its fields", async () => {
  const { found } = await read({
    "train.jsonl": lines([{ ...pair(0), topic: "a" }]),
    "test.jsonl": lines([pair(1)]),
    "other.jsonl": lines([pair(2)]),
  });
  expect(found.map(({ chat, part, file, line }) => [chat.id, part, file, line])).toEqual([
    ["train.jsonl:1", "train", "train.jsonl", 1],
    ["test.jsonl:1", "test", "test.jsonl", 1],
  ]);
  expect(found[0]!.fields).toEqual({ ...pair(0), topic: "a" });
});

test("reads lists of messages in Parquet", async () => {
  const path = fileURLToPath(new URL("../../../test/golden/parquet/chats.parquet", import.meta.url));
  const { chats, skipped } = await read({}, path);
  expect(skipped).toEqual([{ item: "chats.parquet:5", reason: "has no answer" }]);
  expect(chats[0]).toEqual({
    id: "chats.parquet:1",
    messages: [system("Be short."), user("What is 0 + 1?"), assistant("1")],
  });
  expect(await inFolder((folder) => holdsChats(platformIn(folder), path))).toBe(true);
});

test("reads long lines, and lines across the pieces of a long file", async () => {
  const long = { messages: [user("é".repeat(200_000)), assistant("a")] };
  const { chats } = await read({ "x.jsonl": lines([...pairs(3000), long, ...pairs(2, 3000)]) }, "x.jsonl");
  expect(chats).toHaveLength(3003);
  expect(chats[3000]!.id).toBe("x.jsonl:3001");
  expect(chats[3000]!.messages[0]!.content).toHaveLength(200_000);
});

test("names the reasons if too few chats are left", async () => {
  const records = [{ messages: [user("q")] }, { messages: [user("r")] }, { text: "t" }];
  const { skipped, chats } = await read({ "x.jsonl": lines([...pairs(4), ...records]) });
  const error = await refused(() => requireChats("x.jsonl", 3, chats.length, skipped));
  expect(error.kind).toBe("DataError");
  expect(error.message).toBe('"x.jsonl" holds 3 chats, and 1 copy of them');
  expect(error.at).toBe(
    '3 records skipped: x.jsonl:5 has no answer (2 records); x.jsonl:7 has no messages, but "text"',
  );
  expect(error.details).toEqual({ chats: 3, found: 4, skipped: 3 });
  expect((await refused(() => requireChats("x", 0, 0, []))).message).toBe('"x" holds no chats');
  expect((await refused(() => read({}, "missing.jsonl"))).kind).toBe("DataError");
  expect((await refused(() => read({ "x.json": '[{"messages": }' }, "x.json"))).kind).toBe("DataError");
});

/** Returns the names of a tree for which a check of its path is true. */
const namesThat = (
  tree: Readonly<Record<string, string>>,
  names: readonly string[],
  check: typeof holdsChats,
): Promise<readonly string[]> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    const found: string[] = [];
    for (const name of names) if (await check(platformIn(folder), join(folder, name))) found.push(name);
    return found;
  });

test("sees whether data are chats by their first record", async () => {
  const tree = {
    "chats.jsonl": `{\n${lines([pair(0)])}`,
    "texts.jsonl": lines([{ text: "q", label: "a" }, pair(0)]),
    "list.json": JSON.stringify([pair(0)]),
    "pairs.csv": "prompt,completion\nq,a\n",
    "labels.csv": "text,label\nq,a\n",
    "damaged.json": "{",
    "notes.txt": lines([pair(0)]),
    "empty/.keep": "",
    "folder/b.jsonl": lines([pair(0)]),
  };
  const names = ["chats.jsonl", "texts.jsonl", "list.json", "pairs.csv", "labels.csv", "damaged.json"];
  const found = await namesThat(tree, [...names, "notes.txt", "empty", "folder", "missing"], holdsChats);
  expect(found).toEqual(["chats.jsonl", "list.json", "pairs.csv", "folder"]);
});

test("answers are learnt from chats without a label, and pairs of texts are no chats", async () => {
  const records: Readonly<Record<string, object>> = {
    "chats.jsonl": pair(0),
    "completions.jsonl": { prompt: "q", completion: "a" },
    "split.jsonl": { prompt: "q", completion: "a", split: "train" },
    "dolly.jsonl": { instruction: "q", context: "", response: "a", category: "open_qa" },
    "topics.jsonl": { ...pair(0), category: "Coding" },
    "answers.jsonl": { question: "q", answer: "a" },
    "answers-split.jsonl": { question: "q", answer: "a", split: "test" },
    "pairs.jsonl": { question: "q", answer: "a", label: 1 },
    "scored.jsonl": { question: "q", answer: "a", relevance: 0.5 },
    "texts.jsonl": { text: "q", label: "a" },
    "preferences.jsonl": { prompt: "q", completion: "a", label: true },
  };
  const names = Object.keys(records);
  const tree = Object.fromEntries(names.map((name) => [name, lines([records[name]])]));
  expect(await namesThat(tree, names, holdsAnswers)).toEqual(names.slice(0, 7));
});
