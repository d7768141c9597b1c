import { exportSeveral } from "../../bases/joined/joined-inputs.js";
import type { TablePreprocessing } from "../../bases/model-folder/table-folder.js";
import { noPictures } from "../../bases/preprocessing.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { TableDataset } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import type { Solved, TrainableTask } from "../../run/trainable-task.js";
import { itemsOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import {
  type ClassFacts,
  type ClassHead,
  type ClassPredictions,
  type ClassRunModel,
  classesTask,
} from "../classes/classes-task.js";
import { majorityBaseline } from "../classes/trivial-baselines.js";
import { finishTask } from "../finish-task.js";
import type { NumberFacts, NumberPredictions } from "../numbers/numbers-task.js";
import type { RowReader } from "./row-tensors.js";

/** Returns the task of one class per row with several inputs. */
export function severalClasses(
  data: TableDataset,
  reader: RowReader,
): TrainableTask<ClassPredictions, ClassHead, ClassFacts, TableResultEvent> {
  const { beforeTraining, solveTrained, complete, ...classes } = classesTask("rows");
  return {
    ...classes,
    explain: (own, result) => explainRun(own, result, data),
    export: async (_, model, stored) => exportSeveral(model, stored),
    result: async (common: CommonResult, own: ClassRunModel) => ({
      ...common,
      task: "multimodal-classification",
      table: data.facts,
      classes: data.classes,
      test: own.facts.test,
      ...(own.facts.trust && { trust: own.facts.trust }),
      validation: {
        n: itemsOf(own.context, "validation").length,
        ...namedValidation("accuracy", own.validation),
      },
      baselines: { majority: majorityBaseline(own.context).baseline },
    }),
    baselines: async ({ context }: ClassRunModel) => {
      const { baseline, validation } = majorityBaseline(context);
      return { baselines: { majority: baseline }, validation: { majority: validation } };
    },
    save: ({ own: { context, facts }, onnx, files, ...saved }) =>
      finishTask({
        ...saved,
        context,
        data,
        onnx: onnx!,
        ...preprocessingOf(context),
        files: { ...filesOfRows(data, reader, context), ...files },
        ...(facts.facts && { trust: facts.facts }),
      }),
  };
}

type NumbersTask = TrainableTask<
  NumberPredictions,
  Solved<NumberPredictions>,
  NumberFacts,
  RegressionResultEvent
>;

/** Returns the task of numbers per row with several inputs. */
export function severalNumbers(data: TableDataset, reader: RowReader, numbers: NumbersTask): NumbersTask {
  return {
    ...numbers,
    explain: (own, result) => explainRun(own, result, data),
    export: async (_, model, stored) => exportSeveral(model, stored),
    result: async (common, own) => ({ ...(await numbers.result(common, own)), table: data.facts }),
    save: (saved) =>
      numbers.save({
        ...saved,
        files: { ...filesOfRows(data, reader, saved.own.context), ...saved.files },
      }),
  };
}

/** Explains predictions for the test split after the run, by the inputs. */
async function explainRun(
  { context }: { readonly context: Context },
  result: RegressionResultEvent | TableResultEvent,
  data: TableDataset,
): Promise<void> {
  if (context.options.explain !== true || !context.machine.report) return;
  const { explainRows } = await import("../explain/explain-run.js");
  await explainRows(context, data, result);
}

/** Returns the preprocessing of pictures, if rows have them. */
const preprocessingOf = ({ opened: { base } }: Context) =>
  base.preprocessing === noPictures ? {} : { preprocessing: base.preprocessing };

/** Returns the files of a model folder that say how rows become inputs. */
function filesOfRows(
  { columns, targets, forms }: TableDataset,
  { encoding }: RowReader,
  { opened: { base } }: Context,
): Readonly<Record<string, string>> {
  const file: TablePreprocessing = {
    format: 1,
    columns,
    targets,
    ...(Object.keys(forms).length > 0 && { forms }),
    encoding,
    hidden: [],
    model: "linear",
  };
  return {
    "table.json": `${JSON.stringify(file, null, 2)}\n`,
    ...(base.text && filesOf(base.text)),
  };
}
