// Rows of `npm run bench -- coverage`: the samples needed, as estimated by a learning curve.
import { readCurve } from "../dist/evidence/learning-curve.js";
import { drawPredictions } from "./coverage-draws.mjs";

const sizes = [20, 40, 80, 160, 320];
/** error(n) = 0.08 + scale / √n: from scratch needs (1.3 / 0.9)² = 2.09 times as many samples. */
const scales = { transfer: 0.9, scratch: 1.3 };
const errorOf = (scale, n) => 0.08 + scale / Math.sqrt(n);

/** Samples of the test split, and of the pool if each seed has its own split. */
const testSamples = 300;
const pool = 1000;

/** A curve with known laws: the same samples are hard for all sizes and methods. */
function drawCurve(d, { seeds, sd, own }) {
  const ways = Object.values(scales);
  const all = drawPredictions(d, {
    ...{ n: own ? pool : testSamples, seeds, sds: [sd] },
    accuracies: ways.flatMap((scale) => sizes.map((n) => 1 - errorOf(scale, n))),
  });
  const parts = Array.from({ length: seeds }, () => {
    const order = Array.from({ length: pool }, (_, i) => [d.uniform(), i]).sort(([p], [q]) => p - q);
    return order.slice(0, testSamples).map(([, i]) => i);
  });
  return sizes.flatMap((size, s) =>
    Array.from({ length: seeds }, (_, seed) => {
      const of = (way) => {
        const scores = all[way * sizes.length + s][seed];
        return own ? parts[seed].map((i) => scores[i]) : scores;
      };
      return { size, seed, transfer: of(0), scratch: of(1), seconds: { transfer: 1, scratch: 1 } };
    }),
  );
}

const within = (ci95, truth) =>
  (ci95[0] === null || ci95[0] <= truth) && (ci95[1] === null || truth <= ci95[1]);

/** An end of null means more than twice the largest size. */
const covered = (ci95, truth) =>
  truth > 2 * sizes.at(-1) ? ci95[1] === null : ci95[0] !== null && within(ci95, truth);

const inside = 160;
const beyond = 2.5 * sizes.at(-1);

const row = (what, seeds, sd, promised, hit, own = false) => ({
  ...{ what, kind: "coverage", n: testSamples, seeds, promised },
  run: (d) => {
    const runs = drawCurve(d, { seeds, sd, own });
    const read = (n) =>
      readCurve(runs, {
        target: 1 - errorOf(scales.transfer, n),
        ...(own && { rest: pool - testSamples }),
      }).needed;
    return hit(read);
  },
});

export const curveRows = [
  ...[0.01, 0.03].flatMap((sd) => {
    const scatter = `trainings scatter by ${100 * sd} point${sd === 0.01 ? "" : "s"}`;
    const insideHit = (read) => covered(read(inside).transfer.ci95 ?? [null, null], inside);
    return [
      ...[3, 5].flatMap((seeds) => [
        row(`samples needed (curve), inside the sizes, ${scatter}`, seeds, sd, [0.92, 0.99], insideHit),
        row(`samples needed (curve), 2.5 times the largest size, ${scatter}`, seeds, sd, [0.92, 1], (read) =>
          covered(read(beyond).transfer.ci95 ?? [null, null], beyond),
        ),
        row(`times as many from scratch (curve), if it is said, ${scatter}`, seeds, sd, [0.92, 1], (read) => {
          const { times } = read(inside);
          return times === null || within(times.ci95, (scales.scratch / scales.transfer) ** 2);
        }),
      ]),
      row(
        `samples needed (curve), own test parts of ${pool} samples, ${scatter}`,
        3,
        sd,
        [0.92, 1],
        insideHit,
        true,
      ),
    ];
  }),
  {
    ...row("samples needed (curve), one seed, range given", 1, 0.01, [0, 0.01], (read) => {
      const { transfer, times } = read(inside);
      return transfer.ci95 !== null || (times !== null && times.ci95 !== null);
    }),
    kind: "false-alarm",
  },
];
