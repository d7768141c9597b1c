import { curves } from "./studies.js";
import { characterise } from "./suite.js";

characterise(curves);
