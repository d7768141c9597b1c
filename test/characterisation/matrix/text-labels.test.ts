import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("text-labels");
