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

/** Prices of houses: a formula of area, year and side of the town, and noise. `level` multiplies it. */
function houses(count, seed = 7, level = 1) {
  const next = numbers(seed);
  const rows = Array.from({ length: count }, () => {
    const area = 40 + Math.round(next() * 160);
    const year = 1920 + Math.floor(next() * 105);
    const rooms = Math.max(1, Math.round(area / 28 + next() * 2 - 1));
    const side = ["north", "south", "harbour"][Math.floor(next() * 3)];
    const price = level * (2.1 * area + (year - 1920) * 0.6 + (side === "harbour" ? 60 : 0)) + next() * 30;
    return `${area},${year},${rooms},${side},${price.toFixed(1)}`;
  });
  return csv("area_m2,year_built,rooms,side,price", rows);
}

/** Rents of flats: a price for a square metre by year and floor, and noise. `extra` is what a town costs more. */
function flats(count, seed, extra) {
  const next = numbers(seed);
  const rows = Array.from({ length: count }, () => {
    const area = 25 + Math.round(next() * 95);
    const year = 1920 + Math.floor(next() * 105);
    const floor = Math.floor(next() * 9);
    const lift = next() < 0.5 ? "yes" : "no";
    const price = (year > 1990 ? 14 : year < 1935 ? 12 : 8) - (floor > 3 && lift === "no" ? 3 : 0) + extra;
    return `${area},${year},${floor},${lift},${(area * price + 120 * next()).toFixed(0)}`;
  });
  return csv("area_m2,year_built,floor,lift,rent", rows);
}

const day = (i) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);

/** A price for each day: a random walk, whose next step nobody can know. */
function prices(count) {
  const next = numbers(31);
  let price = 100;
  const rows = Array.from({ length: count }, (_, i) => {
    price += next() + next() + next() - 1.5;
    return `${day(i)},${(20 + 10 * next()).toFixed(1)},${price.toFixed(2)}`;
  });
  return csv("day,volume,price", rows);
}

/** Sales of each day: a weekly season, a slow rise, and offers that sell more. `week` and `yesterday` are earlier sales. */
function sales(count) {
  const next = numbers(37);
  const ofWeek = [-22, -30, -12, 0, 14, 38, 12];
  const sold = [];
  const rows = Array.from({ length: count + 7 }, (_, i) => {
    const offer = next() < 0.2;
    const noise = 12 * (next() + next() + next() - 1.5);
    sold.push(Math.round(120 + 0.05 * i + ofWeek[i % 7] + (offer ? 45 : 0) + noise));
    return `${day(i)},${offer ? "yes" : "no"},${sold[i - 1]},${sold[i - 7]},${sold[i]}`;
  });
  return csv("day,offer,sold_yesterday,sold_a_week_ago,sold", rows.slice(7));
}

/** Payments of which 1 % are fraud: large ones at night. In the last fifth of the year, most are many small ones in an hour instead. */
function payments(count) {
  const next = numbers(41);
  const rows = Array.from({ length: count }, (_, i) => {
    const isFraud = next() < 0.01;
    const isNew = isFraud && i > 0.8 * count && next() < 0.7;
    const amount = isFraud && !isNew ? 150 + 500 * next() : 5 + 300 * next() ** 3;
    const hour = Math.floor(isFraud && next() < 0.6 ? 7 * next() : 24 * Math.sqrt(next()));
    const before = Math.floor((isNew ? 9 : 4) * next() * Math.sqrt(next()));
    const device = (isFraud ? next() < 0.75 : next() < 0.15) ? "new" : "known";
    const country = ["home", "home", "home", "near", "far"][Math.floor(5 * next())];
    return `${day(Math.floor((i * 365) / count))},${amount.toFixed(2)},${hour},${before},${device},${country},${isFraud ? "fraud" : "fine"}`;
  });
  return csv("day,amount,hour,payments_in_last_hour,device,country,label", rows);
}

/** Visits of patients, of whom a third are ill. Each patient has levels of their own, which do not show the illness. */
function visits(patients) {
  const next = numbers(43);
  const bell = () => next() + next() + next() - 1.5;
  const rows = Array.from({ length: patients }, (_, p) => {
    const isIll = next() < 0.33;
    const [sugar, pressure] = [5 + 1.2 * bell(), 122 + 20 * bell()];
    const age = 25 + Math.floor(55 * next());
    return Array.from({ length: 1 + Math.floor(4 * next()) }, () =>
      [
        `p${1000 + p}`,
        age,
        (sugar + (isIll ? 1.1 : 0) + 0.3 * bell()).toFixed(1),
        (pressure + (isIll ? 7 : 0) + 5 * bell()).toFixed(0),
        (24 + 8 * bell() + (isIll ? 2.5 : 0)).toFixed(1),
        isIll ? "ill" : "healthy",
      ].join(","),
    );
  });
  return csv("patient,age,sugar,pressure,body_mass,diagnosis", rows.flat());
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
  const firsts = ["Ada", "Grace", "Alan", "Mary", "Emmy", "Niels", "Rosa", "Otto", "Lena", "Hugo"];
  const lasts = [
    "Lovelace",
    "Hopper",
    "Turing",
    "Shelley",
    "Noether",
    "Bohr",
    "Parks",
    "Frank",
    "Meyer",
    "Klein",
  ];
  const places = [
    "Paris",
    "London",
    "New York",
    "Rome",
    "Oslo",
    "Cairo",
    "Lima",
    "Quito",
    "Hong Kong",
    "Delhi",
  ];
  const person = () => ["PER", `${pick(firsts)} ${pick(lasts)}`];
  const place = () => ["LOC", pick(places)];
  const year = () => `${1700 + Math.floor(next() * 320)}`;
  const sentences = Array.from({ length: count }, () =>
    pick([
      () => [person(), "was born in", place(), `in ${year()} .`],
      () => [`In ${year()} we met`, person(), "again in", place(), "."],
      () => [person(), "wrote to", person(), `until ${year()} .`],
      () => ["The train to", place(), `was late in ${year()} .`],
    ])().flatMap((part) =>
      typeof part === "string"
        ? part.split(" ").map((word) => `${word} O`)
        : part[1].split(" ").map((word, i) => `${word} ${i === 0 ? "B" : "I"}-${part[0]}`),
    ),
  );
  return `${sentences.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Reviews of one kind of thing, two classes. Some words of praise and blame are used for every kind, others for one. */
function reviews({ things, good, bad }, seed) {
  const next = numbers(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const shared = { good: ["great", "a joy", "worth it"], bad: ["poor", "a pity", "a waste"] };
  const own = { good, bad };
  const rows = Array.from({ length: 300 }, (_, i) => {
    const label = i % 2 === 0 ? "good" : "bad";
    const words = [pick(next() < 0.5 ? shared[label] : own[label]), pick(own[label])];
    return `the ${pick(things)} is ${words.join(" and ")} and the ${pick(things)} ${pick(["too", "as well", "also"])} (${i}),${label}`;
  });
  return csv("text,label", rows);
}

/** The demo's pictures of two plants: three kinds of surfaces in one, two others in the second. */
function plants(folder) {
  const kinds = { "plant-a": ["crack", "groove", "none"], "plant-b": ["pit", "stain"] };
  for (const [plant, own] of Object.entries(kinds))
    for (const kind of own)
      for (const part of ["train", "test"])
        cpSync(join(folder, "surfaces", part, kind), join(folder, plant, part, kind), { recursive: true });
}

/** The demo's test pictures as a dark, blurred camera takes them: half of each kind to learn from, half to test. */
async function oldCamera(folder) {
  for (const kind of readdirSync(join(folder, "surfaces/test")))
    for (const [i, file] of readdirSync(join(folder, "surfaces/test", kind))
      .sort()
      .entries()) {
      const to = join(folder, "old-camera", i % 2 === 0 ? "train" : "test", kind);
      mkdirSync(to, { recursive: true });
      await sharp(join(folder, "surfaces/test", kind, file))
        .modulate({ brightness: 0.5, saturation: 0.6 })
        .blur(0.8)
        .png()
        .toFile(join(to, file.replace(/\.\w+$/, ".png")));
    }
}

/** A list of the demo's pictures with two label columns. */
function parts(folder) {
  const rows = readdirSync(join(folder, "surfaces/train"))
    .sort()
    .flatMap((kind) =>
      readdirSync(join(folder, "surfaces/train", kind))
        .sort()
        .slice(0, 40)
        .map((file) => `surfaces/train/${kind}/${file},${kind},${kind === "none" ? "no" : "yes"}`),
    );
  return csv("image,defect,damaged", rows);
}

/** Pictures of discs on grey, and a list of their radii in pixels. */
async function discs(folder, count) {
  const next = numbers(23);
  mkdirSync(join(folder, "discs"), { recursive: true });
  const rows = [];
  for (let i = 0; i < count; i++) {
    const radius = 4 + next() * 22;
    const [x, y, shade] = [32 + 8 * (next() - 0.5), 32 + 8 * (next() - 0.5), 90 + Math.floor(next() * 60)];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="rgb(${shade},${shade},${shade})"/><circle cx="${x}" cy="${y}" r="${radius}" fill="rgb(230,${shade},40)"/></svg>`;
    const name = `discs/${String(i).padStart(3, "0")}.png`;
    await sharp(Buffer.from(svg)).png().toFile(join(folder, name));
    rows.push(`${name},${radius.toFixed(2)}`);
  }
  return csv("file,radius", rows);
}

/** Orders of tiles: the picture has the shape, the text the colour. Only both tell which tile is meant; its weight is a sum of these and the cost. */
async function orders(folder, count) {
  const next = numbers(61);
  const pick = (list) => list[Math.floor(next() * list.length)];
  mkdirSync(join(folder, "tiles"), { recursive: true });
  const rows = [];
  for (let i = 0; i < count; i++) {
    const [round, colour] = [i % 2 === 0, i % 4 < 2 ? "red" : "blue"];
    const [side, shade] = [20 + 28 * next(), 60 + Math.floor(120 * next())];
    const [x, y] = [8 + next() * (80 - side), 8 + next() * (80 - side)];
    const fill = `fill="rgb(${shade},${shade},${shade})"`;
    const shape = round
      ? `<circle cx="${x + side / 2}" cy="${y + side / 2}" r="${side / 2}" ${fill}/>`
      : `<rect x="${x}" y="${y}" width="${side}" height="${side}" ${fill}/>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="rgb(235,235,235)"/>${shape}</svg>`;
    const picture = `tiles/${String(i).padStart(3, "0")}.png`;
    await sharp(Buffer.from(svg)).png().toFile(join(folder, picture));
    const text = pick([
      `it should be painted ${colour}`,
      `please paint this one ${colour} all over`,
      `${colour} is the colour that we want here`,
      `we ordered the ${colour} one last week`,
    ]);
    const cost = 15 + 20 * next();
    const weight = 0.2 * cost + (round ? 3 : 0) + (colour === "red" ? 2 : 0) + next();
    // A few orders come without a picture.
    const sent = next() < 0.04 ? "" : picture;
    const tile = `${colour} ${round ? "disc" : "square"}`;
    rows.push(`${sent},${text},${cost.toFixed(2)},${tile},${weight.toFixed(2)}`);
  }
  return rows;
}

/** Messages to a shop: complaints and questions. Half of them have no word that tells which, so that the shares of both decide. */
function tickets(count, complaints, seed) {
  const next = numbers(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const words = {
    complaint: ["is broken", "never came", "crashes again"],
    question: ["has which size", "is sold where", "costs how much"],
  };
  const rows = Array.from({ length: count }, (_, i) => {
    const label = i < complaints * count ? "complaint" : "question";
    const said = next() < 0.5 ? pick(words[label]) : pick(["and the new version", "once more", "as I wrote"]);
    return `${pick(["hello", "dear shop", "hi"])} the ${pick(["app", "lamp", "order", "invoice"])} ${said} (${1000 + Math.floor(9000 * next())}),${label}`;
  });
  return csv("text,label", rows);
}

export async function makeData(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(assets, "demo"), join(folder, "surfaces"), {
    recursive: true,
    filter: (path) => !path.endsWith(".md"),
  });
  plants(folder);
  await oldCamera(folder);
  cpSync(join(assets, "demo-texts/messages.csv"), join(folder, "messages.csv"));
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write("houses.csv", houses(200));
  write("other-town.csv", houses(120, 29, 1.3));
  write("new-houses.csv", csv("area_m2,year_built,rooms,side", ["40,1990,2,south", "180,2015,6,harbour"]));
  write("flats.csv", flats(200, 11, 2));
  write("flats-elsewhere.csv", flats(1500, 5, 0));
  write(
    "new-flats.csv",
    csv("area_m2,year_built,floor,lift", ["60,1925,2,no", "60,1960,2,no", "60,2005,2,no"]),
  );
  write("prices.csv", prices(400));
  write("sales.csv", sales(730));
  write("payments.csv", payments(12_000));
  write("visits.csv", visits(260));
  write("requests.csv", requests(120));
  write("names.conll", names(400));
  write(
    "books.csv",
    reviews({ things: ["plot", "page", "story"], good: ["gripping", "moving"], bad: ["dull", "slow"] }, 17),
  );
  write(
    "kitchen.csv",
    reviews({ things: ["pan", "knife", "pot"], good: ["sharp", "sturdy"], bad: ["blunt", "rusty"] }, 19),
  );
  write("tickets.csv", tickets(400, 0.5, 47));
  write("after-release.csv", tickets(200, 0.85, 53));
  const [, ...texts] = readFileSync(join(folder, "messages.csv"), "utf8").split("\n");
  write("messages.txt", texts.map((line) => line.replace(/,[^,]*,[^,]*$/, "")).join("\n"));
  write("parts.csv", parts(folder));
  write("discs.csv", await discs(folder, 160));
  const ordered = await orders(folder, 320);
  const inputs = (row) => row.split(",").slice(0, 3).join(",");
  write("orders.csv", csv("image,text,cost,tile,weight", ordered));
  write(
    "new-orders.csv",
    csv("image,text,cost", [...ordered.slice(4, 6), ordered[2].replace(/^[^,]*/, "")].map(inputs)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("usage: node scripts/guide/make-data.mjs FOLDER");
  await makeData(folder);
}
