/** The installer by itself, for what drives a model without an agent. */
export type { InstalledModel } from "./installed-model.ts";
export { createInstaller } from "./installer.ts";
export type { ModelFile } from "./model-version.ts";
export { type Pulled, pullWeights } from "./pull.ts";
