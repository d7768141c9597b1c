// Rows of `npm run bench -- coverage`: the word error rate.
import { scoreTranscripts } from "../dist/evaluate/transcripts/score-transcripts.js";
import { usual } from "./coverage-draws.mjs";

/** Clips of 1 to 12 words. A word is wrong with the logistic of −1.7 + 0.8 s + 0.3 c, s of the speaker and c of the clip. */
function clips(d, speakers, size) {
  return Array.from({ length: speakers }, () => {
    const speaker = 0.8 * d.normal();
    return Array.from({ length: size }, () => {
      const wrong = 1 / (1 + Math.exp(1.7 - speaker - 0.3 * d.normal()));
      const words = Array.from({ length: 1 + d.integer(12) }, (_, j) => `w${j}`);
      const heard = words.flatMap((word) => (d.chance(wrong) ? (d.chance(0.7) ? ["x"] : []) : [word]));
      return { reference: words.join(" "), hypothesis: heard.join(" ") };
    });
  })
    .flat()
    .map((clip, i) => ({ ...clip, item: `${i}` }));
}

/** The expected rate: the mean of the logistic over speakers and clips. A wrong word is one error. */
function expectedRate() {
  const sd = Math.hypot(0.8, 0.3);
  let [sum, weights] = [0, 0];
  for (let z = -8; z <= 8; z += 0.01) {
    const density = Math.exp((-z * z) / 2);
    sum += density / (1 + Math.exp(1.7 - sd * z));
    weights += density;
  }
  return sum / weights;
}
const truth = expectedRate();

/** Speakers and clips of each; one clip: each clip is its own group. */
const sizes = [
  [30, 1],
  [100, 1],
  [300, 1],
  [10, 6],
  [12, 5],
  [20, 15],
  [30, 5],
];

export const speech = sizes.map(([speakers, size]) => ({
  what: `word error rate of one model${size === 1 ? "" : `, ${speakers} groups of ${size}`}`,
  ...{ kind: "coverage", n: speakers * size, seeds: 1, promised: usual },
  run: (d) => {
    const made = clips(d, speakers, size);
    const groups = size === 1 ? undefined : made.map((_, i) => `speaker ${Math.floor(i / size)}`);
    const { ci95 } = scoreTranscripts(made, { groups }).words;
    return ci95[0] <= truth && truth <= ci95[1];
  },
}));
