// `npm run bench -- COMMAND`: ratios measured side by side on this machine. Each command is a file in this folder.
const commands = {
  step: "a full fine-tune step against its forward pass",
  gpu: "a full fine-tune step and the forward pass on the GPU, beside the CPU",
  features: "feature extraction against cores ÷ (decode + forward core-seconds)",
  augment: "augmentation beside the training step: what it costs the loop",
  boxes:
    "a training step of boxes against its forward pass; reading a detector's output; scoring 1,000 pictures",
  probe: "a second probe on the same data against the first: what the feature cache saves",
  texts: "a list of texts: rows read and tokens made a second, and their memory",
  memory: "the peak of a probe by number of pictures: they are streamed",
  "text-memory": "the peak of a run on texts by the rows of its list",
  forecasts: "docs/forecasts.md anew: what the README's commands say that they take, and what they take",
  conv: "the forms of a convolution's gradients against its forward pass",
  ctc: "the share of the CTC loss in a training step of speech",
  report: "docs/performance.md anew: steps beside PyTorch's, by batch and by image size",
  verdict: "false alarms and power of the verdict, on real tiny trainings",
  coverage: "docs/verdict.md anew: how often intervals cover and decisions are false, on made answers",
  diagnose: "docs/diagnose.md anew: false alarms and power of diagnose, on real tiny trainings",
  help: "seconds until the command line answers --help",
};

const [command, ...rest] = process.argv.slice(2);
if (command === undefined || !Object.hasOwn(commands, command)) {
  const list = Object.entries(commands).map(([name, what]) => `  ${name.padEnd(13)}${what}`);
  console.log(
    `npm run bench -- COMMAND [--json] [options]; COMMAND --help lists the options\n\n${list.join("\n")}`,
  );
  process.exitCode = command === undefined || command === "--help" ? 0 : 2;
} else {
  const { main } = await import(`./${command}.mjs`);
  await main(rest);
}
