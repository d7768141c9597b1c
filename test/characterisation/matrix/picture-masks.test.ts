import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("picture-masks");
