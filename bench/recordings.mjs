// `npm run bench -- recordings`: how often times of pictures show recordings, in made sets with recordings and without.
import { draws } from "../dist/core/random.js";
import { findRecordings } from "../dist/data/split/recordings.js";

export const bench = {
  about: "recordings that times of pictures show, in sets with recordings and without",
  needs: [],
  options: {
    draws: { type: "number", default: 500, about: "draws of each set" },
  },
  smallest: { draws: 2 },
};

const sizes = [20, 60, 300, 2000];
const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Gaps between pictures of which none belong together. Middle gaps from a second to a day. */
const apart = {
  exponential: ({ uniform }, middle) => (-middle * Math.log(uniform() || 1e-9)) / Math.LN2,
  "lognormal, σ 0.5": ({ normal }, middle) => middle * Math.exp(0.5 * normal()),
  "lognormal, σ 1": ({ normal }, middle) => middle * Math.exp(normal()),
  "lognormal, σ 2": ({ normal }, middle) => middle * Math.exp(2 * normal()),
  regular: (_, middle) => middle,
};
const middles = [second, 5 * second, 30 * second, 5 * minute, hour, 24 * hour];

/** Middle pause between recordings. Gaps inside are lognormal with a median of 3 s and σ 0.7, pauses with σ 0.7, of 3 to 12 pictures. */
const pauses = [minute, 3 * minute, 10 * minute, hour];

export async function main({ draws: count, json = false }) {
  const rows = [
    ...Object.entries(apart).flatMap(([name, gap]) =>
      sizes.map((n) => ({ set: name, pictures: n, ...falsely(gap, n, count) })),
    ),
    ...pauses.flatMap((pause) =>
      sizes.map((n) => ({
        set: `bursts, pauses of ${pause / minute} min`,
        pictures: n,
        ...rightly(pause, n, count),
      })),
    ),
  ];
  if (json) console.log(JSON.stringify(rows));
  else
    for (const { set, pictures, ...rates } of rows)
      console.log(
        `${set.padEnd(28)} ${String(pictures).padStart(5)} pictures  ${Object.entries(rates)
          .map(([name, rate]) => `${name} ${(100 * rate).toFixed(1)} %`)
          .join("  ")}`,
      );
}

const start = Date.UTC(2026, 10, 29, 9);
const labelOf = (k) => (k % 2 === 0 ? "a" : "b");

/** Share of the draws in which recordings are found, although there are none. @param gap draws a gap */
function falsely(gap, n, count) {
  const rates = {};
  for (const by of ["taken", "modified"]) {
    let found = 0;
    for (let draw = 0; draw < count; draw++) {
      const random = draws(draw, "recordings", n);
      const middle = middles[draw % middles.length];
      let time = start;
      const files = Array.from({ length: n }, (_, k) => {
        time += Math.round(gap(random, middle));
        return { id: `${labelOf(k)}/IMG_${k}.jpg`, label: labelOf(k), [by]: time };
      });
      if (findRecordings(files)) found++;
    }
    rates[by === "taken" ? "EXIF" : "files"] = found / count;
  }
  return rates;
}

/** Share of the draws in which recordings are found, and of the neighbours of a class that are joined or divided as they were made. */
function rightly(pause, n, count) {
  let [found, right, pairs] = [0, 0, 0];
  for (let draw = 0; draw < count; draw++) {
    const { uniform, normal } = draws(draw, "recordings", n);
    let [time, left, recording] = [start, 0, 0];
    const own = [];
    const files = Array.from({ length: n }, (_, k) => {
      if (left === 0) {
        time += pause * Math.exp(0.7 * normal());
        left = 3 + Math.floor(10 * uniform());
        recording++;
      } else time += 3 * second * Math.exp(0.7 * normal());
      left--;
      own.push(recording);
      return { id: `IMG_${k}.jpg`, label: labelOf(recording), taken: second * Math.round(time / second) };
    });
    const { groups } = findRecordings(files) ?? {};
    if (!groups) continue;
    found++;
    for (let k = 1; k < n; k++) {
      if (files[k].label !== files[k - 1].label) continue;
      pairs++;
      if ((groups[k] === groups[k - 1]) === (own[k] === own[k - 1])) right++;
    }
  }
  return { found: found / count, neighbours: pairs > 0 ? right / pairs : 0 };
}
