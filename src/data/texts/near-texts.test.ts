import { describe, expect, test } from "vitest";
import { permutation } from "../../core/random.js";
import { groupNearTexts } from "./near-texts.js";

const groupsOf = (texts: readonly string[], options?: Parameters<typeof groupNearTexts>[2]) => [
  ...groupNearTexts(texts.length, (i) => texts[i]!, options),
];
const areNear = (a: string, b: string, options?: Parameters<typeof groupNearTexts>[2]) =>
  groupsOf([a, b], options)[1] === 0;
/** A text of words that occur once. */
const words = (n: number, first = 0) => Array.from({ length: n }, (_, i) => `word${first + i}`);

describe("the same words", () => {
  test.each([
    ["Good", "good."],
    ["It came late, but warm!", "it came late but warm"],
    ["“Never again”", "Never again…"],
    ["好吃！速度快！", "好吃，速度快"],
    ["ＡＢＣ café", "abc cafe\u0301"],
  ])("%j and %j are one text", (a, b) => expect(areNear(a, b)).toBe(true));

  test.each([
    ["good", "very good"],
    ["good", "not good"],
    ["great :-)", "great :-("],
    ["c++", "c#"],
    ["5 stars", "1 stars"],
    ["?!", "..."],
    ["太慢了", "太快了"],
  ])("%j and %j are two", (a, b) => expect(areNear(a, b)).toBe(false));
});

describe("one word of 8 to 23", () => {
  const changes: readonly [string, (text: readonly string[]) => readonly string[]][] = [
    ["another first", ([, ...rest]) => ["other", ...rest]],
    ["another last", (all) => [...all.slice(0, -1), "other"]],
    ["another in the middle", (all) => all.map((word, i) => (i === 4 ? "other" : word))],
    ["one more", (all) => [...all.slice(0, 3), "other", ...all.slice(3)]],
    ["one fewer", (all) => all.filter((_, i) => i !== 5)],
  ];
  test.each(changes)("%s", (_, change) => {
    for (const n of [9, 12, 16, 22]) {
      const [a, b] = [words(n).join(" "), change(words(n)).join(" ")];
      expect([n, areNear(a, b)]).toEqual([n, true]);
    }
  });

  test("of fewer words, or two words, makes another text", () => {
    expect(areNear(words(7).join(" "), ["other", ...words(7).slice(1)].join(" "))).toBe(false);
    const two = words(12).map((word, i) => (i === 2 || i === 9 ? "other" : word));
    expect(areNear(words(12).join(" "), two.join(" "))).toBe(false);
    // The same words in another order.
    expect(areNear(words(12).join(" "), words(12).reverse().join(" "))).toBe(false);
  });

  test("a word that changes the label makes another text", () => {
    const [best, worst] = ["one of the best films of the year", "one of the worst films of the year"];
    expect(areNear(best, worst)).toBe(true);
    expect(areNear(best, worst, { labels: [1, 0] })).toBe(false);
    expect(areNear("Late.", "late", { labels: [1, 0] })).toBe(true);
  });

  test("in texts without spaces, up to two neighbouring characters of at least 13", () => {
    const text = "这家店的牛肉面味道很好下次再来吃";
    expect(areNear(text, text.replace("牛肉", "羊肉"))).toBe(true);
    expect(areNear(text, text.replace("牛肉", "素菜"))).toBe(true);
    expect(areNear(text, text.replace("味道", ""))).toBe(true);
    expect(areNear(text, text.replace("味道很", "真是好"))).toBe(false);
    expect(areNear("牛肉面很好", "羊肉面很好")).toBe(false);
  });
});

describe("long texts", () => {
  test("share most of their sequences of three words", () => {
    const text = words(60);
    // Two words apart change 6 of 58 sequences: 52 / 64 = 0.81.
    const two = text.map((word, i) => (i === 20 || i === 40 ? "other" : word));
    expect(areNear(text.join(" "), two.join(" "))).toBe(true);
    // The first 50 of 60 words: 48 of 58 sequences.
    expect(areNear(text.join(" "), text.slice(0, 50).join(" "))).toBe(true);
    // Six words apart change 18: 40 / 76 = 0.53.
    const six = text.map((word, i) => (i % 9 === 5 ? "other" : word));
    expect(areNear(text.join(" "), six.join(" "))).toBe(false);
    // Half of the words are others.
    expect(areNear(text.join(" "), [...text.slice(0, 30), ...words(30, 100)].join(" "))).toBe(false);
  });

  test("one other word of 24 is found at every place", () => {
    const places = Array.from({ length: 24 }, (_, i) => i);
    const text = words(24);
    const found = places.filter((k) =>
      areNear(text.join(" "), text.map((word, i) => (i === k ? "other" : word)).join(" ")),
    );
    expect(found).toEqual(places);
  });
});

describe("a text inside another one", () => {
  const message = "What does shipping cost for a heavy piece of furniture?";
  test.each([
    ["a greeting", `Hello, ${message} Thank you.`],
    ["a signature", `${message} Kind regards, Sam Miller`],
    ["the number of a ticket", `[#271828] ${message}`],
    ["a reply", `Re: ${message}`],
    ["all of them", `Re: [#9] Good morning, ${message} Best, Kim`],
  ])("with %s is a near copy", (_, around) => {
    expect(areNear(message, around)).toBe(true);
    expect(areNear(message, around, { labels: [0, 1] })).toBe(false);
  });

  test("needs seven words, and half of the longer text", () => {
    expect(areNear(words(6).join(" "), words(9).join(" "))).toBe(false);
    expect(areNear(words(8).join(" "), words(16).join(" "))).toBe(true);
    expect(areNear(words(8).join(" "), words(17).join(" "))).toBe(false);
  });

  test("has sentences in another order", () => {
    const [a, b] = ["My parcel came late again today.", "Can I have my money back please?"];
    expect(areNear(`${a} ${b}`, `${b} ${a}`)).toBe(true);
    expect(areNear(`${a} ${b}`, `${b} My parcel came early today.`)).toBe(false);
  });
});

describe("one letter", () => {
  const text = "Where can I collect it?";
  test.each([
    ["is missing", "Where can I colect it?"],
    ["is one too many", "Where can II collect it?"],
    ["is missing at the end", "Where can I collect i"],
    ["is a space", "Wherecan I collect it?"],
  ])("that %s makes a near copy", (_, changed) => {
    expect(areNear(text, changed)).toBe(true);
    expect(areNear(text, changed, { labels: [0, 1] })).toBe(false);
  });

  test.each([
    ["play a song of Ella", "play a song of Elle"],
    ["the room 12 is far too cold", "the room 112 is far too cold"],
    ["very good", "very goods"],
  ])("%j and %j are two texts", (a, b) => expect(areNear(a, b)).toBe(false));
});

test("of pairs only capitals and punctuation may differ", () => {
  const [a, b] = [words(12).join(" "), ["other", ...words(12).slice(1)].join(" ")];
  expect(areNear(a, b, { exactOnly: true })).toBe(false);
  expect(areNear(a, `${a}.`, { exactOnly: true })).toBe(true);
});

test("near copies of near copies are one group, in any order of the texts", () => {
  const chain = Array.from({ length: 6 }, (_, k) => words(12).map((word, i) => (i < k ? `other${i}` : word)));
  const texts = [...chain.map((all) => all.join(" ")), ...words(200).map((word) => `${word} alone`)];
  const sizeOf = (order: readonly number[]) => {
    const groups = groupsOf(order.map((i) => texts[i]!));
    const counts = new Map<number, number>();
    for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
    return [...counts.values()].filter((n) => n > 1);
  };
  for (const seed of [1, 2, 3]) expect(sizeOf(permutation(texts.length, seed, "order"))).toEqual([6]);
});

test("texts of other words are no near copies, however many there are", () => {
  const texts = Array.from({ length: 3000 }, (_, i) => words(10 + (i % 30), 40 * i).join(" "));
  expect(groupsOf(texts).every((group, i) => group === i)).toBe(true);
});
