export {
  type Client,
  type ClientOptions,
  createClient,
  ModelyardError,
  type Project,
  type TaskQuery,
  type TaskRef,
} from "./client.ts";
export type { ModelCalls, ModelQuery, Row } from "./model-calls.ts";
export { sign } from "./signature.ts";
