/** Isolation by itself, for the command line's settings and `modelyard doctor`. */
export { chooseIsolation, ISOLATION_CHOICES, type IsolationChoice } from "./choose.ts";
export { limitsText } from "./limits.ts";
