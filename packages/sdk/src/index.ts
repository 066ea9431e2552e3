export { type Client, type ClientOptions, createClient, ModelyardError, type TaskRef } from "./client.ts";
export { sign } from "./signature.ts";
