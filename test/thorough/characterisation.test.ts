// Every mode of every task, and studies of every kind of data: the cases that `npm test` leaves out.
import { comparisons, curves } from "../characterisation/studies.js";
import { characteriseThoroughly } from "../characterisation/suite.js";
import { casesOf, type ToyTask, tasks } from "../characterisation/tasks.js";

characteriseThoroughly([
  ...Object.keys(tasks).flatMap((name) => casesOf(name as ToyTask)),
  ...comparisons,
  ...curves,
]);
