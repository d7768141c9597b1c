// Toy datasets of 60 items and bases of a few thousand weights. The same name gives the same bytes on every machine.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { draws } from "../../src/core/random.js";
import { train } from "../../src/index.js";
import { pairsOfWords, writeChatDecoder } from "../support/chat-data.js";
import { stridedNet, writeShapeBoxes, writeShapeMasks } from "../support/dense-data.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { smallNet, tinyBase } from "../support/fixtures.js";
import { labelledTexts } from "../support/label-data.js";
import { picture } from "../support/pictures.js";
import {
  writeSoundBase,
  writeSoundLabels,
  writeSoundNumbers,
  writeSounds,
  writeSpeech,
} from "../support/sound-data.js";
import { reviews, tinyDecoder, writeTextBase } from "../support/text-base.js";

/** Pictures of each class. */
const perClass = 30;
const classes = ["ant", "bee"] as const;
/** Pictures of shapes with boxes or masks. */
const shapes = 40;

/** Writes a folder for each class. Its tint hardly tells a picture's class, so that models err. */
async function tintedPictures(folder: string, names: readonly string[], firstSeed: number): Promise<string> {
  for (const [c, name] of names.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < perClass; i++)
      await picture(firstSeed + c * perClass + i)
        .linear(c === 0 ? [1, 0.9, 0.9] : [0.9, 1, 0.9], [0, 0, 0])
        .png()
        .toFile(join(folder, name, `${i}.png`));
  }
  return folder;
}

/** Writes a list of the pictures of the toy dataset "pictures". */
async function pictureList(
  { at, toy }: ToyPlace,
  file: string,
  header: string,
  cells: (kind: string, i: number) => string,
): Promise<string> {
  await toy("pictures");
  const rows = classes.flatMap((kind) =>
    Array.from({ length: perClass }, (_, i) => `pictures/${kind}/${i}.png,${cells(kind, i)}`),
  );
  return write(at(file), [header, ...rows]);
}

/** Writes a list with a picture, a text and a number in a row. A few cells are empty. */
async function severalInputs(
  place: ToyPlace,
  file: string,
  target: (row: { readonly kind: string; readonly mood: string; readonly rooms: number }) => string,
): Promise<string> {
  const draw = draws(3, "several inputs");
  const texts = reviews(2 * perClass);
  await place.toy("pictures");
  const rows = texts.map(({ text, label }, i) => {
    const kind = classes[Math.floor(i / 2) % 2]!;
    const rooms = Number((1 + 8 * draw.uniform()).toFixed(4));
    const picture = i % 20 === 7 ? "" : `pictures/${kind}/${i % perClass}.png`;
    return [picture, i % 20 === 9 ? "" : text, rooms, target({ kind, mood: label, rooms })].join(",");
  });
  return write(place.at(file), [`image,text,rooms,${file.includes("numbers") ? "price" : "label"}`, ...rows]);
}

function write(file: string, lines: readonly string[]): string {
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** Rows of a table of houses: the price is 2.5 per room, plus 10 in the north, plus noise. */
function houses(last: (rooms: number, north: boolean, noise: number) => string): string[] {
  const draw = draws(1, "houses");
  return Array.from({ length: 60 }, () => {
    const rooms = Number((1 + 8 * draw.uniform()).toFixed(4));
    const north = draw.integer(2) === 1;
    return `${rooms},${north ? "north" : "south"},${last(rooms, north, draw.normal())}`;
  });
}

/** Pictures of one bar that lies or stands: light on dark, or inverted for the other domain of an adaptation. */
async function bars(folder: string, inverted: boolean): Promise<string> {
  const { default: sharp } = await import("sharp");
  for (const [c, label] of ["lying", "standing"].entries()) {
    mkdirSync(join(folder, label), { recursive: true });
    for (let i = 0; i < perClass; i++) {
      const draw = draws(5, inverted ? "dark bars" : "light bars", c, i);
      const place = 4 + draw.integer(8);
      const data = Uint8Array.from({ length: 256 }, (_, at) => {
        const on = Math.abs((c === 0 ? at % 16 : Math.floor(at / 16)) - place) < 2;
        // So much noise that two bars at one place are no near copies.
        const value = (on ? 180 : 30) + 60 * draw.uniform();
        return inverted ? 255 - value : value;
      });
      await sharp(data, { raw: { width: 16, height: 16, channels: 1 } })
        .png()
        .toFile(join(folder, label, `${i}.png`));
    }
  }
  return folder;
}

/** How each toy is made. A function returns the path of the toy. */
const makers = {
  pictures: ({ at }) => tintedPictures(at("pictures"), classes, 0),
  "other-pictures": ({ at }) => tintedPictures(at("other-pictures"), ["bee", "fly"], 500),
  "picture-labels": (place) =>
    pictureList(place, "picture-labels.csv", "image,labels", (kind, i) => (i % 3 ? kind : "ant|bee")),
  "picture-numbers": async ({ at }) => {
    mkdirSync(at("tints"));
    const rows: string[] = [];
    for (let i = 0; i < 2 * perClass; i++) {
      const red = 0.3 + (0.7 * ((i * 37) % 60)) / 60;
      await picture(i)
        .linear([red, 1, 1], [0, 0, 0])
        .png()
        .toFile(at("tints", `${i}.png`));
      rows.push(`tints/${i}.png,${(100 * red).toFixed(1)}`);
    }
    return write(at("picture-numbers.csv"), ["image,red", ...rows]);
  },
  "picture-tasks": (place) =>
    pictureList(place, "picture-tasks.csv", "image,kind,parity", (kind, i) =>
      [i % 8 === 7 ? "" : kind, i % 2 === 0 ? "even" : "odd"].join(","),
    ),
  sounds: ({ at }) => writeSounds(at("sounds"), perClass),
  "sound-labels": ({ at }) => writeSoundLabels(at("sound-labels"), 60),
  "sound-numbers": ({ at }) => writeSoundNumbers(at("sound-numbers"), 60),
  speech: ({ at }) => writeSpeech(at("speech"), 40),
  "sound-base": ({ at }) => writeSoundBase(at("sound-base")),
  texts: ({ at }) =>
    write(at("texts.csv"), ["text,label", ...reviews(60).map(({ text, label }) => `${text},${label}`)]),
  "other-texts": ({ at }) =>
    write(at("other-texts.csv"), [
      "text,label",
      ...reviews(120)
        .slice(60)
        .map(({ text, label }) => `${text},${label}`),
    ]),
  "text-labels": ({ at }) =>
    write(at("text-labels.csv"), [
      "text,labels",
      ...labelledTexts(60).map(({ text, labels }) => `${text},${labels.join("|")}`),
    ]),
  "text-numbers": ({ at }) =>
    write(at("text-numbers.csv"), [
      "text,stars",
      ...reviews(60).map(({ text, label }, i) => `${text},${(label === "positive" ? 4 : 2) + (i % 7) / 10}`),
    ]),
  // The second text of a pair decides its number.
  "text-pairs": ({ at }) =>
    write(at("text-pairs.csv"), [
      "sentence1,sentence2,score",
      ...reviews(60).map(({ text, label }, i) => {
        const first = `this ${["film", "book", "soup", "phone"][i % 4]} is ${["so", "very", "really"][i % 3]} slow`;
        return `${first},${text},${(label === "good" ? 4 : 2) + (i % 7) / 10}`;
      }),
    ]),
  sentences: ({ at }) => writeTagged(at("sentences"), taggedSentences(60)),
  "plain-texts": ({ at }) =>
    write(
      at("plain-texts.txt"),
      reviews(60).map(({ text }) => text),
    ),
  "table-classes": ({ at }) =>
    write(at("table-classes.csv"), [
      "rooms,side,size",
      ...houses((rooms, _, noise) => (rooms + noise > 5 ? "large" : "small")),
    ]),
  "table-numbers": ({ at }) =>
    write(at("table-numbers.csv"), [
      "rooms,side,price",
      ...houses((rooms, north, noise) => (2.5 * rooms + (north ? 10 : 0) + 0.5 * noise).toFixed(4)),
    ]),
  "several-classes": (place) =>
    severalInputs(place, "several-classes.csv", ({ kind, mood }) => `${kind} ${mood}`),
  "several-numbers": (place) =>
    severalInputs(place, "several-numbers.csv", ({ kind, rooms }) =>
      ((kind === "ant" ? 10 : 0) + 10 * rooms).toFixed(4),
    ),
  "several-bases": async ({ toy }) => `${await toy("picture-base")}+${await toy("text-base")}`,
  "table-rows": ({ at }) => write(at("table-rows.csv"), ["rooms,side", "2.5,north", "5,south", "8,north"]),
  "light-bars": ({ at }) => bars(at("light-bars"), false),
  "dark-bars": ({ at }) => bars(at("dark-bars"), true),
  "picture-base": ({ at }) => tinyBase(at("picture-base")),
  "other-picture-base": ({ at }) => tinyBase(at("other-picture-base"), smallNet()),
  "strided-base": ({ at }) => tinyBase(at("strided-base"), stridedNet()),
  "shape-boxes": ({ at }) => writeShapeBoxes(at("shape-boxes"), shapes),
  "shape-masks": ({ at }) => writeShapeMasks(at("shape-masks"), shapes),
  "text-base": ({ at }) => writeTextBase(at("text-base")),
  chats: ({ at }) =>
    write(
      at("chats.jsonl"),
      pairsOfWords().map((chat) => JSON.stringify(chat)),
    ),
  "chat-decoder": ({ at }) => writeChatDecoder(at("chat-decoder")),
  decoder: ({ at }) => writeTextBase(at("decoder"), undefined, { graph: tinyDecoder() }),
  "table-model": async ({ at, toy }) => {
    await train(await toy("table-numbers"), {
      ...{ target: "price", epochs: 2, seed: 7, threads: 1, out: at("table-model") },
    });
    return at("table-model", "model");
  },
  teacher: async ({ at, toy }) => {
    await train(await toy("pictures"), {
      ...{ base: await toy("other-picture-base"), strategy: "probe", threads: 1, cache: false },
      out: at("teacher"),
    });
    return at("teacher", "model");
  },
} as const satisfies Readonly<Record<string, (place: ToyPlace) => string | Promise<string>>>;

export type ToyName =
  | "pictures"
  | "other-pictures"
  | "picture-labels"
  | "picture-numbers"
  | "picture-tasks"
  | "sounds"
  | "sound-labels"
  | "sound-numbers"
  | "speech"
  | "sound-base"
  | "texts"
  | "other-texts"
  | "text-labels"
  | "text-numbers"
  | "text-pairs"
  | "sentences"
  | "chats"
  | "chat-decoder"
  | "plain-texts"
  | "table-classes"
  | "table-numbers"
  | "several-classes"
  | "several-numbers"
  | "several-bases"
  | "table-rows"
  | "light-bars"
  | "dark-bars"
  | "picture-base"
  | "other-picture-base"
  | "strided-base"
  | "shape-boxes"
  | "shape-masks"
  | "text-base"
  | "decoder"
  | "table-model"
  | "teacher";

/** Returns the path of a toy, which is made on first use. */
export type Toy = (name: ToyName) => Promise<string>;

interface ToyPlace {
  readonly at: (...parts: string[]) => string;
  readonly toy: Toy;
}

/** Returns what `make` returns. Called again with the same name, it returns the first value. */
export type MakeOnce = (name: string, make: () => Promise<string>) => Promise<string>;

/** Remembers values within this process. */
function onceInProcess(): MakeOnce {
  const made = new Map<string, Promise<string>>();
  return (name, make) => {
    const value = made.get(name) ?? make();
    made.set(name, value);
    return value;
  };
}

/**
 * Returns the toys of a folder.
 * @param once makes each toy once. Default: once in this process
 */
export function toysIn(folder: string, once: MakeOnce = onceInProcess()): Toy {
  mkdirSync(folder, { recursive: true });
  const place: ToyPlace = {
    at: (...parts) => join(folder, ...parts),
    toy: (name) => once(name, () => withCache(join(folder, "cache"), async () => makers[name](place))),
  };
  return place.toy;
}

/** Calls `make` with a cache of its own: a training in it does not count as a use of another run's test split. */
export async function withCache<T>(cache: string, make: () => Promise<T>): Promise<T> {
  const before = process.env.ENGRAFT_CACHE;
  process.env.ENGRAFT_CACHE = cache;
  try {
    return await make();
  } finally {
    if (before === undefined) delete process.env.ENGRAFT_CACHE;
    else process.env.ENGRAFT_CACHE = before;
  }
}
