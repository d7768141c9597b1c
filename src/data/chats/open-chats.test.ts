import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import type { Chat } from "./chat.js";
import { readChat } from "./chat-layouts.js";
import { type Chats, holdsChats, openChats } from "./open-chats.js";

const [system, user, assistant] = ["system", "user", "assistant"].map((role) => (content: string) => ({
  role,
  content,
})) as [(text: string) => object, (text: string) => object, (text: string) => object];

const lines = (records: readonly unknown[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join("");
const pair = (i: number) => ({ messages: [user(`question ${i}`), assistant(`answer ${i}`)] });
const pairs = (n: number, from = 0) => Array.from({ length: n }, (_, i) => pair(from + i));
const all = ({ train, heldOut }: Chats): Chat[] => [...train, ...heldOut];

/** Opens the chats of files in a folder. */
const opened = (tree: Readonly<Record<string, string>>, path = "", seed = 0): Promise<Chats> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return openChats(platformIn(folder), join(folder, path), { seed });
  });
const refused = async (work: Promise<unknown>): Promise<EngraftError> => {
  const error = await work.catch((e: unknown) => e);
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
    { messages: Array.from({ length: 501 }, () => [user("q"), assistant("a")]).flat() },
    "has more than 400 messages",
  ],
])("gives the reason why a record is no chat: %j", (record, reason) => {
  expect(readChat(record)).toBe(reason);
});

test("reads the files of a folder in the order of their names, and skips what cannot be read", async () => {
  const chats = await opened({
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
  expect(
    all(chats)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([
    "a/inside.json:1",
    "a/list.json:1",
    "a/list.json:2",
    "a/one.json:1",
    "b.jsonl:5",
    "c.csv:2",
    "c.csv:3",
    "d.tsv:2",
  ]);
  expect(chats.duplicates).toBe(1);
  expect(chats.skipped.slice(0, 2)).toEqual([
    { item: "b.jsonl:3", reason: "is not JSON" },
    { item: "b.jsonl:4", reason: "has no answer" },
  ]);
  expect(chats.skipped.slice(2).map(({ item }) => item)).toEqual(["e.json"]);
  expect(all(chats).find(({ id }) => id === "d.tsv:2")!.messages).toEqual([
    user("add\n\n1 2"),
    assistant("3"),
  ]);
});

test("reads lists of messages in Parquet", async () => {
  const path = fileURLToPath(new URL("../../../test/golden/parquet/chats.parquet", import.meta.url));
  await inFolder(async (folder) => {
    const chats = await openChats(platformIn(folder), path);
    expect(chats.skipped).toEqual([{ item: "chats.parquet:5", reason: "has no answer" }]);
    expect(all(chats)).toHaveLength(5);
    expect(all(chats).find(({ id }) => id === "chats.parquet:1")!.messages).toEqual([
      system("Be short."),
      user("What is 0 + 1?"),
      assistant("1"),
    ]);
    expect(await holdsChats(platformIn(folder), path)).toBe(true);
  });
});

test("keeps chats apart that differ in what is learnt", async () => {
  const turns = (weight: number) => ({
    messages: [user("q"), { ...assistant("a"), weight }, user("r"), assistant("b")],
  });
  const chats = await opened({ "x.jsonl": lines([...pairs(4), turns(0), turns(1)]) });
  expect([all(chats).length, chats.duplicates]).toEqual([6, 0]);
});

test("reads long lines, and lines across the pieces of a long file", async () => {
  const long = { messages: [user("é".repeat(200_000)), assistant("a")] };
  const chats = await opened({ "x.jsonl": lines([...pairs(3000), long, ...pairs(2, 3000)]) }, "x.jsonl");
  expect(all(chats)).toHaveLength(3003);
  expect(
    all(chats).some(({ id, messages }) => id === "x.jsonl:3001" && messages[0]!.content.length === 200_000),
  ).toBe(true);
});

test("holds back a tenth, and the seed says which", async () => {
  const tree = { "x.jsonl": lines([...pairs(50), pair(3)]) };
  const [first, again, other] = [await opened(tree), await opened(tree), await opened(tree, "", 1)];
  expect([first.train.length, first.heldOut.length, first.duplicates]).toEqual([45, 5, 1]);
  expect(first.splitWords).toBe("5 of 50 chats held back, seed 0");
  expect(again.fingerprint).toBe(first.fingerprint);
  expect(again.heldOut).toEqual(first.heldOut);
  expect(other.fingerprint).not.toBe(first.fingerprint);
});

test("keeps chats with the same first question on one side", async () => {
  const asked = (i: number) => ({
    messages: [system(`s${i}`), user(i < 20 ? ` same ${i % 5}\n` : `q${i}`), assistant(`a${i}`)],
  });
  const chats = await opened({ "x.jsonl": lines(Array.from({ length: 60 }, (_, i) => asked(i))) });
  const questions = (part: readonly Chat[]) => new Set(part.map(({ messages }) => messages[1]!.content));
  const [train, held] = [questions(chats.train), questions(chats.heldOut)];
  expect([...held].filter((question) => train.has(question))).toEqual([]);
  expect(chats.heldOut).toHaveLength(6);
  expect(chats.splitMessages).toMatchObject([{ code: "chats-held-back", values: { by: "question" } }]);
});

test("divides chats with one question by their whole prompts", async () => {
  const records = Array.from({ length: 8 }, (_, i) => ({
    messages: [system(`text ${i % 4}`), user("Summarize."), assistant(`a${i}`)],
  }));
  const { train, heldOut, splitMessages } = await opened({ "x.jsonl": lines(records) });
  const prompts = (part: readonly Chat[]) => [...new Set(part.map(({ messages }) => messages[0]!.content))];
  expect([...prompts(train), ...prompts(heldOut)]).toHaveLength(4);
  expect(splitMessages).toMatchObject([{ values: { by: "prompt" } }]);
  const same = Array.from({ length: 8 }, (_, i) => ({ messages: [user("Go on."), assistant(`a${i}`)] }));
  expect((await refused(opened({ "x.jsonl": lines(same) }))).kind).toBe("DataError");
});

test("names the reasons if too few chats are left", async () => {
  const few = lines([
    ...pairs(3),
    pair(0),
    { messages: [user("q")] },
    { messages: [user("r")] },
    { text: "t" },
  ]);
  const error = await refused(opened({ "x.jsonl": few }, "x.jsonl"));
  expect(error.kind).toBe("DataError");
  expect(error.message).toMatch(/x\.jsonl" holds 3 chats, and 1 copy of them$/);
  expect(error.at).toBe(
    '3 records skipped: x.jsonl:5 has no answer (2 records); x.jsonl:7 has no messages, but "text"',
  );
  expect(error.details).toEqual({ chats: 3, found: 4, skipped: 3 });
  expect((await refused(opened({ "x.txt": "q" }))).message).toMatch(/holds no chats$/);
  expect((await refused(opened({}, "missing.jsonl"))).kind).toBe("DataError");
  expect((await refused(opened({ "x.json": '[{"messages": }' }, "x.json"))).kind).toBe("DataError");
});

test("sees whether data are chats by their first record", async () => {
  await inFolder(async (folder) => {
    await writeTree(folder, {
      "chats.jsonl": `{\n${lines([pair(0)])}`,
      "texts.jsonl": lines([{ text: "q", label: "a" }, pair(0)]),
      "list.json": JSON.stringify([pair(0)]),
      "pairs.csv": "prompt,completion\nq,a\n",
      "labels.csv": "text,label\nq,a\n",
      "damaged.json": "{",
      "notes.txt": lines([pair(0)]),
      "empty/.keep": "",
      "folder/b.jsonl": lines([pair(0)]),
    });
    const holds = (name: string) => holdsChats(platformIn(folder), join(folder, name));
    const names = ["chats.jsonl", "texts.jsonl", "list.json", "pairs.csv", "labels.csv", "damaged.json"];
    const found = [];
    for (const name of [...names, "notes.txt", "empty", "folder", "missing"])
      found.push([name, await holds(name)]);
    expect(found.filter(([, is]) => is).map(([name]) => name)).toEqual([
      "chats.jsonl",
      "list.json",
      "pairs.csv",
      "folder",
    ]);
  });
});
