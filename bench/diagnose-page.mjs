// Text and tables of docs/diagnose.md.

const percent = (x) => `${(100 * x).toFixed(1)} %`;
const shared = ({ n, share, ci95 }) =>
  n === 0 ? "–" : `${percent(share)} (${percent(ci95[0])} to ${percent(ci95[1])})`;
const points = (x) => `${x < 0 ? "−" : "+"}${(100 * Math.abs(x)).toFixed(1)}`;
const both = ({ from_output, from_input }) => `${points(from_output)} / ${points(from_input)}`;
/** Repeats below which the document is marked as incomplete. */
const wanted = 30;
/** Fewest repeats to report a number of seeds. */
const fewest = 10;
const command = "npm run bench -- diagnose";

/**
 * Returns the page.
 * @param facts with `note`, a paragraph about these measurements, if there is one
 * @param cells counts for each number of seeds and items
 */
export function document({ repeats, trainings, minutes, note }, cells) {
  const nulls = cells.filter((one) => one.null.n >= fewest);
  const found = cells.filter((one) => one.spoiled.every(({ n }) => n >= fewest));
  const most = Math.min(...cells.filter(({ seeds }) => seeds === 3).map(({ blamed }) => blamed.n / 4));
  const incomplete =
    most < wanted
      ? `**Incomplete: ${wanted} repeats of all cases are wanted.** The command continues from the results in \`.cache/bench/diagnose\`.\n\n`
      : "";
  return `# Does \`engraft diagnose\` find the layers that hurt?

${incomplete}${findings(nulls, found)}

Shares have 95 % confidence intervals (Wilson). All tables are from ${repeats} repeats with ${trainings} real trainings, which took ${minutes.toFixed(0)} minutes on a busy
machine. \`${command}\` measures them and writes this page.
${note === undefined ? "" : `\n${note}\n`}
## How it was measured

- **Network.** Four convolutions, each one group of layers. It was pretrained to recognise the direction of stripes. The new task has the
  directions turned by a quarter of a class.
- **Data.** Each repeat draws 128 training pictures of 16 × 16 pixels, and 200 validation pictures. These score a diagnosis, and choose the best epoch
  of each training. "100 items" are the first 100 of the 200. "3 seeds" are the first 3 of 5.
- **Trainings.** Those of \`engraft diagnose\`: the last 1, 2, 3 or 4 groups start from random weights, or the first 1, 2 or 3, or none. They take 10 epochs
  in batches of 16. Pretrained groups have a twentieth of the learning rate of random ones.
- **Difference from the product.** The head starts at 0. It has only 16 inputs, and 80 steps do not suffice to unlearn random weights.
- **Two sides.** The *output side* compares pretrained with random weights of a group if all groups behind it are random and all before it are
  pretrained. The *input side* is the reverse.

## False alarms: no group has a value

\`${command}\`

Here the "pretrained" weights are another random draw for each seed, and all groups have the same learning rate. So both kinds of weights have the same
distribution, and every finding is a false alarm. A diagnosis makes nine comparisons. Holm's correction allows a false alarm in 5 % of the diagnoses.

| seeds | items | diagnoses with a false alarm | with a group that hurts | of all comparisons | one comparison, uncorrected p < 0.05 | p < 0.05 / 9 | ± points | repeats |
|---|---|---|---|---|---|---|---|---|
${nulls
  .map(
    ({ seeds, items, null: one }) =>
      `| ${seeds} | ${items} | ${shared(one.any)} | ${shared(one.accused)} | ${percent(one.comparisons.share)} | ${percent(one.p_below_005.share)} | ${percent(one.p_below_ninth.share)} | ${(100 * one.half_width).toFixed(1)} | ${one.n} |`,
  )
  .join("\n")}

${varianceWords(nulls)}

## Power: one group is spoiled

\`${command}\`

All filters of one group are replaced by their mean, so one map remains of 8 or 16. *Lowest*: the spoiled group has the lowest sum of its two gains.
*Another is blamed*: the diagnosis reports that another group hurts.

| spoiled | seeds | items | found | from the output | from the input | lowest | another is blamed | its gain, output / input | repeats |
|---|---|---|---|---|---|---|---|---|---|
${[0, 1, 2, 3]
  .flatMap((g) =>
    found.map(({ seeds, items, spoiled }) => {
      const one = spoiled[g];
      return `| group ${one.group} | ${seeds} | ${items} | ${shared(one.found)} | ${percent(one.from_output.share)} | ${percent(one.from_input.share)} | ${shared(one.lowest)} | ${shared(one.blamed)} | ${both(one.gains)} | ${one.n} |`;
    }),
  )
  .join("\n")}

${blamedWords(found)}

## No group is spoiled

\`${command}\`

${found.map(({ seeds, items, good }) => goodTable(seeds, items, good)).join("\n")}
A group "helps" if random weights do not catch up in ten epochs. "Hurts" means that it is worse than random weights that train for as many epochs.
`;
}

const range = (shares) => {
  const [low, high] = [Math.min(...shares), Math.max(...shares)].map(percent);
  return low === high ? low : `${low} to ${high}`;
};

/** Returns the five sentences of the top, for 3 seeds and the most items. */
function findings(nulls, found) {
  const [power] = found.filter(({ seeds }) => seeds === 3).slice(-1);
  const [alarms] = nulls.filter(({ seeds, items }) => seeds === 3 && items === power?.items);
  if (!power || !alarms) return "There are too few repeats for findings.";
  const shares = (name) => range(power.spoiled.map((one) => one[name].share));
  return `- A spoiled group of layers is found in ${shares("found")} of the diagnoses, depending on its place (${power.seeds} seeds, ${power.items} items).
- Another group is blamed for it in ${shared(power.blamed)} of them.
- If no group has a value, ${shared(alarms.null.any)} of the diagnoses have a false alarm.
- The spoiled group has the lowest gains in ${shares("lowest")}, so read the gains also if no group is reported.
- The network is small and groups were spoiled in one way only: other networks and smaller effects were not measured.`;
}

/** Describes the effect of the variance estimate with few seeds, and the results without it. */
function varianceWords(cells) {
  const rows = cells.map(
    ({ seeds, items, null: one }) => `| ${seeds} | ${items} | ${shared(one.any_alone)} |`,
  );
  return `The variance between seeds is estimated from the seeds of a comparison (2 degrees of freedom of three seeds), and from all nine comparisons (4
more, Smyth 2004). A [verdict](verdict.md) uses only the former. Then three seeds that agree by chance have almost no variance, and more diagnoses have a
false alarm:

| seeds | items | false alarms with the seeds of each comparison alone |
|---|---|---|
${rows.join("\n")}

The 4 degrees of freedom were chosen on 13 of these repeats, so the shares on this page may be slightly too good.`;
}

/** Counts other groups that lose because of the spoiled one. */
function blamedWords(found) {
  const [one] = found.filter(({ seeds }) => seeds === 3).slice(-1);
  if (!one) return "";
  const rows = one.spoiled.flatMap(({ group, by: others, n }) =>
    others.flatMap((other) =>
      ["from_output", "from_input"]
        .filter((side) => other[side] > 0)
        .map(
          (side) => `| group ${group} | group ${other.group} | ${side.slice(5)} | ${other[side]} of ${n} |`,
        ),
    ),
  );
  return `The weights of a good group fit the outputs of the group that was spoiled. So the good group can lose against random weights, which train at
twenty times the rate. The diagnosis attributes the loss to the group that hurts more, if it finds that group. Of ${one.blamed.n} diagnoses
(${one.seeds} seeds, ${one.items} items) it blames another group in ${one.blamed.count} (${shared(one.blamed)}). Without this rule there are ${one.blamed_before.count}. The rule was made after the first of these repeats.${
    rows.length > 0
      ? `

| spoiled | another group that loses | side | diagnoses |
|---|---|---|---|
${rows.join("\n")}`
      : ""
  }`;
}

function goodTable(seeds, items, good) {
  const rows = good.groups.map(
    ({ group, gains, helps, hurts }) =>
      `| ${group} | ${both(gains)} | ${percent(helps.from_output.share)} / ${percent(helps.from_input.share)} | ${percent(hurts.from_output.share)} / ${percent(hurts.from_input.share)} |`,
  );
  return `${seeds} seeds, ${items} items, ${good.n} repeats: all weights together gain ${points(good.all_gain)} points. They help in ${shared(good.all)} of the diagnoses, and in ${percent(good.all_alone.share)} with the variance
of their own seeds alone. A group is blamed in ${shared(good.blamed)}.

| group | its gain, output / input | helps, output / input | hurts, output / input |
|---|---|---|---|
${rows.join("\n")}
`;
}
