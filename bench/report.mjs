// Writes docs/performance.md from new measurements: `npm run bench -- report`. PyTorch is measured too if $PYTHON (or
// python3) has it. make-models.py writes the models, which are not part of the project.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { median } from "./measure.mjs";

const options = {
  threads: { type: "number", default: 2, about: "threads of both sides" },
  steps: { type: "number", default: 8, about: "steps to time, at least" },
  rounds: {
    type: "number",
    default: 3,
    about: "times that ResNet-50 is measured, we and PyTorch in turns",
  },
};
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.PYTHON ?? "python3";

/**
 * Networks that are also measured with PyTorch, and their limits. `fed` and `forward`: step ÷ forward pass. `faster` and
 * `forwardFaster`: speed relative to PyTorch. `state`: share of a step for moving the state. `first`: first step ÷ step.
 * `compile`: milliseconds. `memory`: peak memory relative to PyTorch.
 */
const networks = [
  {
    // Close to the limit, so that one round could miss or reach it by chance.
    ...{ model: "resnet50", layers: 50, batch: 16, near: true, fed: 3.8, forward: 4.4, faster: 1.4 },
    ...{ forwardFaster: 1.3, state: 0.03, first: 2, compile: 3000, memory: 1 },
  },
  { model: "mobilenet_v2", batch: 32, faster: 1.4 },
  { model: "bert_base", batch: 8, optimizer: "adamw", fed: 3.8, faster: 1.2, state: 0.03 },
  { model: "resnet18", layers: 18, batch: 16 },
  { model: "squeezenet1_1", batch: 16 },
];

/** Sweeps: one of these settings changes, the others are those of the first network. */
const sweeps = [
  { what: "batch size", model: "resnet18", runs: [4, 16, 32].map((batch) => ({ batch })) },
  {
    what: "image size",
    model: "resnet18",
    runs: [96, 160].map((size) => ({ batch: 16, size })),
  },
];

const namesOf = ({ model, batch, optimizer = "sgd" }) => ({ model, batch, optimizer });
const words = (options) => Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
const run = (file, args) =>
  execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** Least memory, by BatchNormalization statistics. */
const small = ["frozen", "train"];
/** Limits relative to the memory and time of the step that keeps everything. */
const smallLimits = { memory: 0.5, time: 1.35 };

function ours({ model, batch, size, optimizer = "sgd", ...more }, options, flags = []) {
  const path = at(`../.cache/bench/${model}${size ? `-${size}` : ""}.onnx`);
  if (!existsSync(path))
    run(python, [at("make-models.py"), model, ...(size ? ["--image-size", String(size)] : [])]);
  const given = { model: path, batch, optimizer, ...more, ...options };
  return JSON.parse(run(process.execPath, [at("main.mjs"), "step", "--json", ...flags, ...words(given)]));
}

function theirs({ model, batch }, { threads }) {
  try {
    return JSON.parse(run(python, [at("make-models.py"), model, "--time", ...words({ batch, threads })]));
  } catch {
    return undefined;
  }
}

/** Measures a network, Engraft and PyTorch in turns: medians over the rounds, and each round's speed-up of the step. */
function inTurns(network, { threads, steps, rounds }) {
  const turns = Array.from({ length: rounds }, (_, k) => {
    console.error(`${network.model}, batch ${network.batch}, round ${k + 1}`);
    return { own: ours(namesOf(network), { threads, steps }), peer: theirs(network, { threads }) };
  });
  const peers = turns.flatMap(({ peer }) => peer ?? []);
  const faster = turns.flatMap(({ own, peer }) => (peer ? [peer.step_frozen_ms / own.step_ms] : []));
  return {
    network,
    own: mediansOf(turns.map(({ own }) => own)),
    ...(peers.length > 0 && { peer: mediansOf(peers), faster: faster.sort((a, b) => a - b) }),
  };
}

/** Median of each number; other values from the first round. */
const mediansOf = (all) =>
  Object.fromEntries(
    Object.entries(all[0]).map(([name, v]) => [
      name,
      typeof v === "number" ? median(all.map((one) => one[name])) : v,
    ]),
  );

const ms = (v) => (v === undefined ? "–" : v.toFixed(0));
const ratio = (v) => (v === undefined ? "–" : v.toFixed(2));
/** Returns a number with its limit. */
const against = (value, limit, isMet, format = ratio) =>
  limit === undefined || value === undefined
    ? format(value)
    : `${format(value)} (${isMet(value, limit) ? "" : "not "}met: ${format === ratio ? limit : format(limit)})`;
const command = "`npm run bench -- report`";
const range = (values) => {
  const given = values.filter((v) => v !== undefined);
  return given.length === 0
    ? "–"
    : [Math.min(...given), Math.max(...given)].map((v) => v.toFixed(2)).join(" to ");
};

/** Returns the sentences at the top of the page. */
function findings(rows, smaller) {
  const peers = rows.filter(({ peer }) => peer);
  const { memory } = smallLimits;
  const [frozen, batch] = smaller.map(({ own }) => own);
  const missed = smaller.filter(({ own }) => own.recompute_memory_ratio > memory).length;
  return [
    `- A full fine-tune step takes ${range(rows.map(({ own }) => own.ratio_fed))} times as long as a forward pass with the same weights, by network.`,
    `- A step is ${range(peers.map(({ faster }) => median(faster)))} times as fast as in PyTorch on this processor.`,
    `- Its peak memory is ${range(peers.map(({ own, peer }) => own.peak_rss_mb / peer.peak_rss_frozen_mb))} times that of PyTorch.`,
    `- Recomputing activations reduces the peak memory of ResNet-50 to ${ratio(frozen.recompute_memory_ratio)} with running statistics and to ${ratio(batch.recompute_memory_ratio)} with statistics of the batch.`,
    `- ${missed === 0 ? "Both are within" : `${missed} of these ${smaller.length} ratios ${missed === 1 ? "misses" : "miss"}`} the limit of ${memory}; no GPU was measured.`,
  ];
}
const percent = (v) => `${(100 * v).toFixed(1)} %`;
const atMost = (value, limit) => value <= limit;
const atLeast = (value, limit) => value >= limit;

export const bench = {
  about: "docs/performance.md anew: steps beside PyTorch's, by batch and by image size",
  needs: ["torch"],
  options,
};

export async function main(options) {
  const { threads, steps, rounds } = options;
  const rows = networks.map((network) =>
    inTurns(network, { threads, steps, rounds: network.near ? rounds : 1 }),
  );
  const changes = sweeps.map(({ what, model, runs }) => {
    console.error(`${model} by ${what}`);
    return { what, model, runs: runs.map((one) => [one, ours({ model, ...one }, { threads, steps })]) };
  });
  const smaller = small.map((statistics) => {
    console.error(`resnet50 in less memory, ${statistics}`);
    const one = { model: "resnet50", batch: 16, "batch-norm": statistics };
    const { peer } = rows.find(({ network }) => network.model === one.model);
    return { statistics, own: ours(one, { threads, steps }, ["--recompute"]), peer };
  });
  const { version } = JSON.parse(readFileSync(at("../node_modules/onnxruntime-node/package.json"), "utf8"));
  const pytorch = rows.find((r) => r.peer)?.peer.pytorch;
  writeFileSync(
    at("../docs/performance.md"),
    [
      "# Performance",
      "",
      ...findings(rows, smaller),
      "",
      "`npm run bench -- report` measures all tables and writes this page. Milliseconds depend on the machine, ratios much less. The two values of a",
      "ratio are measured one after the other.",
      "",
      `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0].model.trim()}, ${threads} threads, Node ${process.versions.node}, onnxruntime ${version}${pytorch ? `, PyTorch ${pytorch}` : ""}. Values are medians of at least ${Math.max(3, steps)} steps. For ResNet-50 the first table has medians of ${rounds} rounds, with Engraft and PyTorch in turns, and the range of their ratio; the slowest round decides whether the limit is met.`,
      "",
      "## A full fine-tune step",
      "",
      command,
      "",
      "A step is forward pass, loss, backward pass and update of every weight, with the running statistics of BatchNormalization. The optimizer is SGD",
      "with momentum, and AdamW for BERT (12 layers, 128 tokens). *Forward* is a forward pass of the unchanged file, whose weights are constant. *Fed* is",
      "the same with the weights as inputs, as in a step. The multiplications alone make a step three times as long as a fed forward pass.",
      "",
      "| network, batch | step ms | ÷ forward | ÷ fed | step ms of PyTorch | faster than PyTorch | forward faster | state ÷ step | first ÷ step | compile ms | peak MB (PyTorch) |",
      "|---|---|---|---|---|---|---|---|---|---|---|",
      ...rows.map(({ network, own, peer, faster }) => {
        const cells = [
          `${network.model}, ${network.batch}`,
          ms(own.step_ms),
          against(own.ratio, network.forward, atMost),
          against(own.ratio_fed, network.fed, atMost),
          ms(peer?.step_frozen_ms),
          // The slowest round decides.
          `${against(faster && median(faster), network.faster, (_, limit) => atLeast(faster[0], limit))}${faster?.length > 1 ? `; ${ratio(faster[0])} to ${ratio(faster.at(-1))}` : ""}`,
          against(peer && peer.forward_ms / own.forward_ms, network.forwardFaster, atLeast),
          against(own.state_ms / own.step_ms, network.state, atMost, percent),
          against(own.first_step_ms / own.step_ms, network.first, atMost),
          against(own.compile_ms, network.compile, atMost, ms),
          `${ms(own.peak_rss_mb)} (${ms(peer?.peak_rss_frozen_mb)}): ${against(peer && own.peak_rss_mb / peer.peak_rss_frozen_mb, network.memory, atMost)}`,
        ];
        return `| ${cells.join(" | ")} |`;
      }),
      "",
      "## Activation recomputation: resnet50, 16",
      "",
      command,
      "",
      "With `--recompute all`, the backward pass computes activations again instead of keeping them. Ratios are to the step that keeps all of them.",
      "",
      "| BatchNormalization | peak MB, all kept | peak MB, recomputed | ratio | time ratio | peak MB of PyTorch | ratio to PyTorch |",
      "|---|---|---|---|---|---|---|",
      ...smaller.map(({ statistics, own, peer }) => {
        const cells = [
          statistics === "frozen" ? "running statistics" : "statistics of the batch",
          ms(own.peak_rss_mb),
          ms(own.recompute_peak_rss_mb),
          against(own.recompute_memory_ratio, smallLimits.memory, atMost),
          against(own.recompute_time_ratio, smallLimits.time, atMost),
          ms(peer?.[`peak_rss_${statistics}_mb`]),
          ratio(peer && own.recompute_peak_rss_mb / peer[`peak_rss_${statistics}_mb`]),
        ];
        return `| ${cells.join(" | ")} |`;
      }),
      "",
      ...changes.flatMap(({ what, model, runs }) => [
        `## By ${what}: ${model}`,
        "",
        command,
        "",
        "| batch | image | step ms | ms per picture | ÷ fed | peak MB |",
        "|---|---|---|---|---|---|",
        ...runs.map(
          ([{ batch, size = 224 }, own]) =>
            `| ${batch} | ${size} | ${ms(own.step_ms)} | ${(own.step_ms / batch).toFixed(1)} | ${ratio(own.ratio_fed)} | ${ms(own.peak_rss_mb)} |`,
        ),
        "",
      ]),
      "## By depth",
      "",
      command,
      "",
      "| layers, batch | parameters | step ms | ms per picture | ÷ fed | peak MB |",
      "|---|---|---|---|---|---|",
      ...rows
        .filter(({ network }) => network.layers)
        .sort((a, b) => a.network.layers - b.network.layers)
        .map(
          ({ network: { layers, batch }, own }) =>
            `| ${layers}, ${batch} | ${(own.parameters / 1e6).toFixed(1)} M | ${ms(own.step_ms)} | ${(own.step_ms / batch).toFixed(1)} | ${ratio(own.ratio_fed)} | ${ms(own.peak_rss_mb)} |`,
        ),
      "",
      "## Estimate for your data",
      "",
      "Fine-tuning takes epochs × pictures ÷ batch steps: 5 epochs on 1,000 pictures with batch 16 are about 313 steps of the first table. A linear probe takes one",
      "forward pass over the pictures. If memory is short, halve the batch first. `engraft train` prints a forecast that is measured on your machine.",
      "",
    ].join("\n"),
  );
  console.error("docs/performance.md is written");
}
