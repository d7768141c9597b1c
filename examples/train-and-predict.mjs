// Fine-tunes a base on a folder of images, then predicts with the resulting model.
//
//   node examples/train-and-predict.mjs [data] [base] [strategy]
import { load, openData, train } from "engraft";

const [folder = "assets/demo", base = "vision-open", strategy = "probe"] = process.argv.slice(2);

const data = await openData(folder);
console.log(`${data.items.length} pictures of ${data.classes.join(", ")}`);

const run = await train(data, {
  base,
  strategy,
  onEvent: (event) => {
    if (event.event === "forecast") console.log(event.words);
    if (event.event === "epoch")
      console.log(`epoch ${event.epoch}: ${event.validation.metric.value.toFixed(3)}`);
  },
});
const [low, high] = run.test.accuracy_ci95;
console.log(
  `accuracy ${run.test.accuracy.toFixed(3)} (95 %: ${low.toFixed(3)} to ${high.toFixed(3)}, ${run.test.n} pictures)`,
);

const model = await load(run.model);
const item = data.items.find(({ part }) => part === "test");
for (const { label, score } of await model.predict(item.path, { top: 2 }))
  console.log(`${label} ${score.toFixed(3)}`);
await model.close();
