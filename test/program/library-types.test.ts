// Types of the three functions: this file is compiled by `tsc`, and holds no cast.
import { expectTypeOf, test } from "vitest";
import {
  type Answer,
  type Assessment,
  type ClassificationScores,
  type ComparisonResult,
  type EntityScores,
  type Estimate,
  type FoundEntity,
  type GeneratedText,
  type LabelAnswer,
  type LabelScores,
  load,
  type NamedDetection,
  type NamedMask,
  openData,
  type Recognised,
  type RegressionScores,
  resume,
  type Task,
  train,
} from "../../src/index.js";

/** Never called: only its types count. */
async function narrowing(): Promise<string> {
  const run = await train("data");
  expectTypeOf(run.task).toEqualTypeOf<Task>();
  // @ts-expect-error not every task has an accuracy
  run.test.accuracy;

  // One task by its name, or by the data.
  expectTypeOf((await train("data", { task: "tabular-regression" })).test).toEqualTypeOf<RegressionScores>();
  expectTypeOf((await train("data", { task: "entities" })).test).toEqualTypeOf<EntityScores>();
  expectTypeOf((await train("data", { task: "multi-label" })).test).toEqualTypeOf<LabelScores>();
  const data = await openData("data");
  expectTypeOf((await train(data)).test).toEqualTypeOf<ClassificationScores>();
  // @ts-expect-error an opened dataset has no numbers
  await train(data, { task: "tabular-regression" });

  const resumed = await resume("run");
  if (resumed.task === "comparison") expectTypeOf(resumed).toEqualTypeOf<ComparisonResult>();
  if (resumed.task === "text-classification")
    expectTypeOf(resumed.test).toEqualTypeOf<ClassificationScores>();
  if (resumed.task === "domain-adaptation") expectTypeOf(resumed.chosen).not.toBeAny();
  // @ts-expect-error a comparison has no model
  resumed.model;

  switch (run.task) {
    case "automatic-speech-recognition":
      return `${run.test.words.rate}`;
    case "audio-classification":
    case "image-classification":
    case "text-classification":
    case "tabular-classification":
    case "multimodal-classification":
      return run.classes.join() + run.test.accuracy;
    case "audio-regression":
    case "image-regression":
    case "tabular-regression":
    case "text-regression":
    case "multimodal-regression":
      return run.targets.join() + run.test.r2;
    case "multi-label-classification":
      return `${run.test.micro_f1}`;
    case "token-classification":
      return `${run.test.f1}`;
    case "text-generation":
      return `${run.test.perplexity}`;
    case "object-detection":
      return run.classes.join() + run.test.ap50;
    case "image-segmentation":
      return run.classes.join() + run.test.miou;
  }
  // Every task has its case.
  expectTypeOf(run).toBeNever();
}

async function models(): Promise<unknown> {
  const model = await load("model");
  expectTypeOf(model.close).returns.resolves.toBeVoid();
  // @ts-expect-error it is not known yet what the model takes
  await model.predict(["a text"], { top: 1 });
  switch (model.task) {
    case "audio-classification":
      return expectTypeOf(await model.predict(["bark.wav", new Float32Array(8)])).toEqualTypeOf<Answer[][]>();
    case "image-classification":
      expectTypeOf(await model.predict("rose.jpg", { top: 3 })).toEqualTypeOf<Answer[]>();
      return expectTypeOf(await model.assess("rose.jpg")).toEqualTypeOf<Assessment>();
    case "multi-task-image-classification":
      return expectTypeOf(await model.predict("rose.jpg")).toEqualTypeOf<Record<string, Answer[]>>();
    case "multi-task-text-classification":
      return expectTypeOf(await model.predict(["a text"])).toEqualTypeOf<Record<string, Answer[]>[]>();
    case "multi-task-audio-classification":
      return expectTypeOf(await model.predict(["bark.wav"])).toEqualTypeOf<Record<string, Answer[]>[]>();
    case "image-regression":
      return expectTypeOf(await model.predict("rose.jpg")).toEqualTypeOf<Estimate[]>();
    case "audio-regression":
      return expectTypeOf(await model.predict(["pump.wav", new Float32Array(8)])).toEqualTypeOf<
        Estimate[][]
      >();
    case "multi-label-classification":
      return expectTypeOf(await model.predict(["a text"])).toEqualTypeOf<LabelAnswer[]>();
    case "tabular-classification":
    case "multimodal-classification":
      return expectTypeOf(await model.predict([{ rooms: 3 }])).toEqualTypeOf<Answer[][]>();
    case "tabular-regression":
    case "multimodal-regression":
      return expectTypeOf(await model.predict([{ rooms: 3 }])).toEqualTypeOf<Estimate[][]>();
    case "text-classification":
      return expectTypeOf(await model.predict(["a text", ["a", "pair"]])).toEqualTypeOf<Answer[][]>();
    case "text-regression":
      return expectTypeOf(await model.predict(["a text", ["a", "pair"]])).toEqualTypeOf<Estimate[][]>();
    case "token-classification":
      return expectTypeOf(await model.predict(["a text"])).toEqualTypeOf<FoundEntity[][]>();
    case "text-generation":
      return expectTypeOf(await model.predict(["a text"])).toEqualTypeOf<readonly GeneratedText[]>();
    case "automatic-speech-recognition":
      return expectTypeOf(await model.predict(["hello.wav"])).toEqualTypeOf<Recognised[]>();
    case "object-detection":
      return expectTypeOf(await model.predict("rose.jpg", { threshold: 0.5 })).toEqualTypeOf<
        NamedDetection[]
      >();
    case "image-segmentation":
      return expectTypeOf(await model.predict(["rose.jpg"])).toEqualTypeOf<NamedMask[][]>();
  }
  // Every model has its case.
  expectTypeOf(model).toBeNever();
}

test("tsc narrows results and models by their task", () => {
  expectTypeOf(narrowing).returns.resolves.toBeString();
  expectTypeOf(models).toBeFunction();
});
