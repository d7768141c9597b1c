import { exportSeveral } from "../../bases/joined/joined-inputs.js";
import { noPictures } from "../../bases/preprocessing.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { TableDataset } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { filesOf } from "../../run/exported.js";
import { classPredictions } from "../../run/test-predictions.js";
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
import { explainTest, tableFile } from "../tables/table-task.js";
import type { RowReader } from "./row-tensors.js";

/** Returns the task of one class per row with several inputs. */
export function severalClasses(
  data: TableDataset,
  reader: RowReader,
): TrainableTask<ClassPredictions, ClassHead, ClassFacts, TableResultEvent> {
  const { beforeTraining, solveTrained, complete, ...classes } = classesTask("rows");
  return {
    ...classes,
    explain: ({ context }, result) => explainTest(context, data, result),
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
    baselines: async (own: ClassRunModel, scratch) => {
      const { baselines, validation } = await classes.baselines(own, scratch);
      return { baselines: { ...baselines, majority: majorityBaseline(own.context).baseline }, validation };
    },
    save: ({ own: { context, facts, answers }, onnx, files, ...saved }) =>
      finishTask({
        ...saved,
        context,
        data,
        onnx: onnx!,
        predictions: classPredictions({ ...answers.test, classes: data.classes }),
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
    explain: ({ context }, result) => explainTest(context, data, result),
    export: async (_, model, stored) => exportSeveral(model, stored),
    result: async (common, own) => ({ ...(await numbers.result(common, own)), table: data.facts }),
    save: (saved) =>
      numbers.save({
        ...saved,
        files: { ...filesOfRows(data, reader, saved.own.context), ...saved.files },
      }),
  };
}

/** Returns the preprocessing of pictures, if rows have them. */
const preprocessingOf = ({ opened: { base } }: Context) =>
  base.preprocessing === noPictures ? {} : { preprocessing: base.preprocessing };

/** Returns the columns of pictures and texts that every row to learn from has. */
const completeInputs = ({ columns, items }: TableDataset): readonly string[] =>
  columns.flatMap(({ name, kind }, i) => {
    const isOwn = kind === "picture" || kind === "text";
    return isOwn && items.every(({ part, cells }) => part === "test" || cells[i] !== "") ? [name] : [];
  });

/** Returns the files of a model folder that say how rows become inputs. */
const filesOfRows = (
  data: TableDataset,
  { encoding }: RowReader,
  { opened: { base } }: Context,
): Readonly<Record<string, string>> => ({
  ...tableFile(data, { encoding, complete: completeInputs(data), hidden: [], model: "linear" }),
  ...(base.text && filesOf(base.text)),
});
