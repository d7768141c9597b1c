// Writes docs/performance.md from new measurements: `npm run bench -- report`. PyTorch is measured too if $PYTHON (or
// python3) has it. make-models.py writes the models, which are not part of the project.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { median, readOptions } from "./measure.mjs";

const table = {
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
 * Networks measured with PyTorch, and their limits: step ÷ fed forward, ÷ forward, speed of step and of forward against
 * PyTorch, share of the step for moving the state, first step ÷ step, milliseconds to compile, and peak memory against
 * PyTorch.
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
const against = (value, limit, isMet, told = ratio) =>
  limit === undefined || value === undefined
    ? told(value)
    : `${told(value)} (${isMet(value, limit) ? "" : "not "}met: ${told === ratio ? limit : told(limit)})`;
const percent = (v) => `${(100 * v).toFixed(1)} %`;
const atMost = (value, limit) => value <= limit;
const atLeast = (value, limit) => value >= limit;

export async function main(args) {
  const options = readOptions(args, "report", table);
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
      "Written by `npm run bench -- report`. Milliseconds depend on the machine, ratios much less; every ratio's two sides were measured one after the other.",
      "",
      `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0].model.trim()}, ${threads} threads, Node ${process.versions.node}, onnxruntime ${version}${pytorch ? `, PyTorch ${pytorch}` : ""}. Medians of at least ${Math.max(3, steps)} steps; of ResNet-50 in the first table medians of ${rounds} rounds, in each of which we and PyTorch were measured in turns, with their range where the two are compared.`,
      "",
      "## A full fine-tune step",
      "",
      "Forward, loss, backward and update of every weight, BatchNormalization with running statistics. *Forward* is the file as it is, its weights constant; *fed* the same with the weights as inputs, which is all that a step's own forward pass can reach. Three times the fed forward is what the multiplications alone ask for. SGD with momentum; AdamW for BERT (12 layers, 128 tokens).",
      "",
      "| network, batch | step ms | ÷ forward | ÷ fed | PyTorch's step ms | faster than PyTorch | forward faster | state ÷ step | first ÷ step | compile ms | peak MB (PyTorch) |",
      "|---|---|---|---|---|---|---|---|---|---|---|",
      ...rows.map(({ network, own, peer, faster }) => {
        const cells = [
          `${network.model}, ${network.batch}`,
          ms(own.step_ms),
          against(own.ratio, network.forward, atMost),
          against(own.ratio_fed, network.fed, atMost),
          ms(peer?.step_frozen_ms),
          `${against(faster && median(faster), network.faster, atLeast)}${faster?.length > 1 ? `; ${ratio(faster[0])} to ${ratio(faster.at(-1))}` : ""}`,
          against(peer && peer.forward_ms / own.forward_ms, network.forwardFaster, atLeast),
          against(own.state_ms / own.step_ms, network.state, atMost, percent),
          against(own.first_step_ms / own.step_ms, network.first, atMost),
          against(own.compile_ms, network.compile, atMost, ms),
          `${ms(own.peak_rss_mb)} (${ms(peer?.peak_rss_frozen_mb)}): ${against(peer && own.peak_rss_mb / peer.peak_rss_frozen_mb, network.memory, atMost)}`,
        ];
        return `| ${cells.join(" | ")} |`;
      }),
      "",
      "## In less memory: resnet50, 16",
      "",
      "Activations are computed again where they are needed, in the least memory that can be reached so (`recompute`); beside the step that keeps all.",
      "",
      "| BatchNormalization | peak MB, all kept | computed again | of it | time | PyTorch's peak MB | computed again, of that |",
      "|---|---|---|---|---|---|---|",
      ...smaller.map(({ statistics, own, peer }) => {
        const cells = [
          statistics === "frozen" ? "running statistics" : "of the batch",
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
        "| batch | image | step ms | ms a picture | ÷ fed | peak MB |",
        "|---|---|---|---|---|---|",
        ...runs.map(
          ([{ batch, size = 224 }, own]) =>
            `| ${batch} | ${size} | ${ms(own.step_ms)} | ${(own.step_ms / batch).toFixed(1)} | ${ratio(own.ratio_fed)} | ${ms(own.peak_rss_mb)} |`,
        ),
        "",
      ]),
      "## By depth",
      "",
      "| layers, batch | parameters | step ms | ms a picture | ÷ fed | peak MB |",
      "|---|---|---|---|---|---|",
      ...rows
        .filter(({ network }) => network.layers)
        .sort((a, b) => a.network.layers - b.network.layers)
        .map(
          ({ network: { layers, batch }, own }) =>
            `| ${layers}, ${batch} | ${(own.parameters / 1e6).toFixed(1)} M | ${ms(own.step_ms)} | ${(own.step_ms / batch).toFixed(1)} | ${ratio(own.ratio_fed)} | ${ms(own.peak_rss_mb)} |`,
        ),
      "",
      "## What to expect",
      "",
      "A fine-tune step costs two to five forward passes with fed weights, and more of those of the file itself, whose constant weights the runtime arranges once and for all (most for depthwise networks); a probe costs one pass over the pictures, once. So 1,000 pictures for 5 epochs of a ResNet-50 at 224² take about 5 × 1,000 ÷ 16 steps of the table's time, and its probe the forward time of 63 batches. Time grows with the number of pixels; memory with the batch times the pixels, which is the first thing to halve where memory is short.",
      "",
    ].join("\n"),
  );
  console.error("docs/performance.md is written");
}
