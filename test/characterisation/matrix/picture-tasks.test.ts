import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("picture-tasks");
