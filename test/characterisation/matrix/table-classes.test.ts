import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("table-classes");
