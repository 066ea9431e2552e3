/** What model authors' tools need of the server (`@modelyard/server/models`): reading and checking a folder, without a database. */
export { checkModelFolder } from "./check.ts";
export { findModelFolders, folderStamp, type ModelFolder, ModelFolderError, readModelFolder } from "./folder.ts";
export { type Finding, findingText } from "./policy-manifest.ts";
