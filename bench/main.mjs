// `npm run bench -- COMMAND`: ratios measured side by side on this machine. Each command is a file in this folder.
import { needsLine, startWith } from "../scripts/start-program.mjs";
import { listBenches, openBench } from "./list.mjs";

// Some benchmarks load onnxruntime-node directly: it reports usage to its maker unless the environment disables that.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

const [command = "--help", ...rest] = process.argv.slice(2);
const opened = await openBench(command);
if (opened) {
  const { name, main, declaration } = opened;
  const { values, positionals } = startWith(rest, { name, usage: `npm run bench -- ${name}` }, declaration);
  await main(values, positionals);
} else if (command === "--check") {
  for (const { name, declaration } of await listBenches()) console.log(needsLine(name, declaration));
} else {
  const list = (await listBenches()).map(
    ({ name, declaration }) => `  ${name.padEnd(13)}${declaration.about}`,
  );
  console.log(
    `npm run bench -- COMMAND [options]; COMMAND --help lists the options, --check what all need\n\n${list.join("\n")}`,
  );
  process.exitCode = command === "--help" ? 0 : 2;
}
