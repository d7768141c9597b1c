import { findModelFolder, taskOfModel } from "../bases/model-folder/model-folder.js";
import { unitOfBase } from "../bases/unit-of-base.js";
import { EngraftError } from "../core/errors.js";
import type { LabelUnit } from "../core/results/labels.js";
import { type BaseClassification, classificationOf, isBaseClassification } from "../core/results/task.js";
import type { Sample } from "../data/index.js";
import { checkAgainst, oneOf } from "../options/option-checks.js";
import { optionTable } from "../options/option-table.js";
import { refuseUnusable } from "../options/refuse-unusable.js";
import type { Platform } from "../platform/platform.js";
import { openToPredict } from "../run/device/open-to-predict.js";
import type { Machine } from "../run/machine.js";
import { openTrunk } from "../run/setup.js";
import { openInputs } from "../tasks/inputs/open-inputs.js";
import { type Content, readContent } from "../tasks/inputs/read-content.js";
import { ClassSession, type SessionParts } from "./class-session.js";
import type { LiveSession, SessionBase, SessionOptions } from "./live-session.js";

/** Task of each kind of samples. */
const taskOfUnit: Readonly<Record<LabelUnit, BaseClassification>> = {
  pictures: classificationOf.image,
  texts: classificationOf.text,
  clips: classificationOf.audio,
};
const units = Object.keys(taskOfUnit) as readonly LabelUnit[];

const { cut, pooling, maxLength, mean, std, rescale, channels, imageSize, threads, device, cache } =
  optionTable;
const rows = { cut, pooling, maxLength, mean, std, rescale, channels, imageSize, threads, device, cache };
const checks = {
  ...Object.fromEntries(Object.entries(rows).map(([name, { check }]) => [name, check])),
  task: oneOf(...Object.values(taskOfUnit)),
};

/** Opens a session on a given machine. See `openSession`. */
export async function openSessionOn(
  machine: Machine,
  from: SessionBase,
  options: SessionOptions = {},
): Promise<LiveSession> {
  checkAgainst(checks, { ...options });
  const { onEvent = () => undefined, signal } = options;
  const { platform, bytes } = withBytes(machine.platform);
  const base = typeof from === "string" ? from : await modelOf(platform, from.run);
  const takes = await unitOfBase(base, { platform, onEvent, ...(signal && { signal }) });
  const unit = units.find((one) => taskOfUnit[one] === options.task) ?? takes;
  const task = taskOfUnit[unit];
  if (unit !== takes)
    throw new EngraftError("OptionError", `the base takes ${takes}, and the task is ${task}`, {
      at: base,
      help: `leave task out, or give a base of ${unit}`,
    });
  const how = { ...options, base, strategy: "probe" } as const;
  refuseUnusable(how, task);
  const none = { items: [] };
  const { opened, inputs } = await openInputs(unit, none, how, {
    platform,
    onEvent,
    run: platform.cacheDir(),
  });
  const runtime = await openToPredict(machine, options);
  const trunk = await openTrunk(opened, runtime, platform, how, (await inputs()).inputs);
  const parts: SessionParts = {
    opened,
    task,
    unit,
    platform,
    runtime,
    signal,
    read: (id, input) => readContent(unit, input, { platform, opened, id }),
    async rows(contents, cached) {
      const items: Sample[] = contents.map((content) => ({ ...content, id: content.path, part: "train" }));
      for (const { path, bytes: own } of contents) if (own) bytes.set(path, own);
      try {
        const its = (await inputs({ items })).inputs;
        const table = await trunk.features(items, {
          onEvent,
          inputs: its,
          cached,
          ...(signal && { signal }),
        });
        const { width } = table;
        const row = (i: number) => {
          const values = new Float32Array(width);
          table.read(i, values);
          return values;
        };
        const found = contents.map((_, i) => row(i));
        table.close();
        return found;
      } finally {
        for (const { path } of contents) bytes.delete(path);
      }
    },
    async close() {
      await trunk.close();
      await runtime.close();
    },
  };
  return new ClassSession(parts);
}

/** Returns the model folder of a run. @throws OptionError for a run of another task */
async function modelOf(platform: Platform, run: string): Promise<string> {
  const dir = await findModelFolder(platform, run);
  const task = await taskOfModel(platform, dir);
  if (isBaseClassification(task)) return dir;
  throw new EngraftError(
    "OptionError",
    `a session is for classes of pictures, texts or sounds, and the run is for ${task}`,
    {
      at: run,
      help: "train on all samples again: engraft train",
    },
  );
}

/** Returns a platform that also reads bytes in memory, by names that are no absolute paths. */
function withBytes(platform: Platform) {
  const bytes = new Map<string, NonNullable<Content["bytes"]>>();
  const { files } = platform;
  const read: typeof files.read = async (path, how) => bytes.get(path) ?? files.read(path, how);
  return { bytes, platform: { ...platform, files: { ...files, read } } };
}
