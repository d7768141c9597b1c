// Writes the small data sets of the guide into a folder: `node scripts/guide/make-data.mjs FOLDER`.
// The pictures are those of assets/demo, the messages those of assets/demo-texts. Everything else is made by the formulas below.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const assets = fileURLToPath(new URL("../../assets", import.meta.url));

/** A generator of numbers in 0 … 1 with a fixed start (Park and Miller's minimal standard). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const csv = (header, rows) => `${[header, ...rows].join("\n")}\n`;

/** Prices of houses: a formula of area, year and side of the town, and noise. */
function houses(count) {
  const next = numbers(7);
  const rows = Array.from({ length: count }, () => {
    const area = 40 + Math.round(next() * 160);
    const year = 1920 + Math.floor(next() * 105);
    const rooms = Math.max(1, Math.round(area / 28 + next() * 2 - 1));
    const side = ["north", "south", "harbour"][Math.floor(next() * 3)];
    const price = 2.1 * area + (year - 1920) * 0.6 + (side === "harbour" ? 60 : 0) + next() * 30;
    return `${area},${year},${rooms},${side},${price.toFixed(1)}`;
  });
  return csv("area_m2,year_built,rooms,side,price", rows);
}

/** Requests to a shop with any of three labels. */
function requests(count) {
  const next = numbers(11);
  const parts = {
    late: ["it came a week late", "the parcel is still on its way", "I waited far too long"],
    damaged: ["the box was torn", "one cup is broken", "there is a scratch on the lid"],
    refund: ["please send my money back", "I would like a refund", "cancel the payment"],
  };
  const rows = Array.from({ length: count }, (_, i) => {
    const labels = Object.keys(parts).filter(() => next() < 0.45);
    const said = labels.map((label) => parts[label][Math.floor(next() * 3)]);
    return `${["Hello", "Dear team", "Good morning"][i % 3]}: ${said.join("; ") || "what are your opening hours"} (order ${i}),${labels.join("|")}`;
  });
  return csv("text,labels", rows);
}

/** Sentences with names of people and places: a word and its tag a line. */
function names(count) {
  const next = numbers(13);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const people = [
    "Ada Lovelace",
    "Grace Hopper",
    "Alan Turing",
    "Mary Shelley",
    "Emmy Noether",
    "Niels Bohr",
  ];
  const places = ["Paris", "London", "New York", "Rome", "Oslo", "Cairo"];
  const sentences = Array.from({ length: count }, () =>
    pick([
      () => [["PER", pick(people)], "was born in", ["LOC", pick(places)], "."],
      () => ["In", ["LOC", pick(places)], "we met", ["PER", pick(people)], "again ."],
      () => [["PER", pick(people)], "wrote to", ["PER", pick(people)], "every week ."],
      () => ["The train to", ["LOC", pick(places)], "leaves at noon ."],
    ])().flatMap((part) =>
      typeof part === "string"
        ? part.split(" ").map((word) => `${word} O`)
        : part[1].split(" ").map((word, i) => `${word} ${i === 0 ? "B" : "I"}-${part[0]}`),
    ),
  );
  return `${sentences.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Reviews of one kind of thing: two classes that the same words tell apart for every kind. */
function reviews(things, seed, labelled) {
  const next = numbers(seed);
  const words = {
    good: ["great", "fine", "a joy", "well made"],
    bad: ["poor", "bad", "a pity", "badly made"],
  };
  const rows = Array.from({ length: 120 }, (_, i) => {
    const label = i % 2 === 0 ? "good" : "bad";
    const text = `the ${things[Math.floor(next() * things.length)]} is ${words[label][Math.floor(next() * 4)]} in my view number ${i}`;
    return labelled ? `${text},${label}` : text;
  });
  return csv(labelled ? "text,label" : "text", rows);
}

/** Lists of the demo's pictures: two label columns, and a number that is measured from the pixels. */
async function lists(folder) {
  const labels = [];
  const brightness = [];
  for (const kind of readdirSync(join(folder, "surfaces/train")).sort())
    for (const file of readdirSync(join(folder, "surfaces/train", kind))
      .sort()
      .slice(0, 40)) {
      const path = `surfaces/train/${kind}/${file}`;
      const { channels } = await sharp(join(folder, path)).stats();
      const mean = channels.reduce((sum, channel) => sum + channel.mean, 0) / channels.length;
      labels.push(`${path},${kind},${kind === "none" ? "no" : "yes"}`);
      brightness.push(`${path},${mean.toFixed(1)}`);
    }
  writeFileSync(join(folder, "parts.csv"), csv("image,defect,damaged", labels));
  writeFileSync(join(folder, "brightness.csv"), csv("image,brightness", brightness));
}

export async function makeData(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(assets, "demo"), join(folder, "surfaces"), {
    recursive: true,
    filter: (path) => !path.endsWith(".md"),
  });
  cpSync(join(assets, "demo-texts/messages.csv"), join(folder, "messages.csv"));
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write("houses.csv", houses(200));
  write("new-houses.csv", csv("area_m2,year_built,rooms,side", ["40,1990,2,south", "180,2015,6,harbour"]));
  write("requests.csv", requests(120));
  write("names.conll", names(120));
  write("books.csv", reviews(["plot", "page", "cover", "story"], 17, true));
  write("kitchen.csv", reviews(["pan", "knife", "oven", "pot"], 19, true));
  const [, ...texts] = readFileSync(join(folder, "messages.csv"), "utf8").split("\n");
  write("messages.txt", texts.map((line) => line.replace(/,[^,]*,[^,]*$/, "")).join("\n"));
  await lists(folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("usage: node scripts/guide/make-data.mjs FOLDER");
  await makeData(folder);
}
