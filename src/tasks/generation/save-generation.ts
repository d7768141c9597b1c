import { writeFolder } from "../../bases/model-folder/write-folder.js";
import type { GenerationResultEvent } from "../../core/results/sequences/generation.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Saved, Solved } from "../../run/trainable-task.js";
import { generationSheet } from "./generation-sheet.js";
import type { Language } from "./language.js";
import { decoderFiles, type SavedDecoder } from "./saved-decoder.js";

/** A template that writes the time. */
const printsTime = /\bstrftime_now\b/;

/** Returns a time as the clock of this machine shows it, so that a template writes the same text in every time zone. */
function clockTime(started: string): string {
  const time = new Date(started);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
}

/** Saves the model folder, an adapter if one was trained, the report and the record of a run. */
export async function saveGeneration<Answers>(
  { data, base, chats, format }: Language,
  {
    own: { context, model, fitted },
    result,
    events,
    unfinished,
  }: Saved<Answers, Solved<Answers>, undefined, GenerationResultEvent>,
  { saved, plan }: { readonly saved: SavedDecoder; readonly plan: TrainingPlan | undefined },
): Promise<void> {
  const { run, machine } = context;
  const { platform } = machine;
  if (plan?.adaptation && fitted && result.safe?.kept !== "scratch") {
    const { adapterOf } = await import("../../run/keep-adapter.js");
    await run.requireInPlace();
    const files = adapterOf(context, model, plan.adaptation.spec, fitted.weights);
    // A run is saved again when its baselines are there.
    await platform.files.remove(run.file("adapter"));
    await writeFolder(platform, run.file("adapter"), Object.entries(files));
  }
  const report = {
    ...reportOf(context, data.root, result, events),
    samples: run.manifest.options.pictures !== false,
  };
  const { n, metric, perplexity, perplexity_ci95, bits_per_byte } = result.test;
  const { path, onnx, external } = saved;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(generationSheet, report),
    render: async () => (await import("../../report/sheet/sheet-page.js")).sheetPage(generationSheet, report),
    content: {
      config: base.text.config,
      files: {
        [path]: onnx,
        ...Object.fromEntries(external),
        ...(await decoderFiles(base, platform, chats)),
      },
    },
    engraft: {
      task: "text-generation",
      test: {
        ...{ n, perplexity, perplexity_ci95, bits_per_byte },
        token_accuracy: metric.value,
        token_accuracy_ci95: metric.ci95,
      },
      generation: {
        form: data.form,
        length: format.length,
        ...(chats && { learnt: chats.facts.learnt }),
        ...(chats && printsTime.test(chats.template.source) && { time: clockTime(run.manifest.started) }),
      },
    },
  });
}
