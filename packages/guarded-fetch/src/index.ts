/** Requests to addresses that somebody else chose: fetching inputs, delivering callbacks. The one place that may make them. */
export { FetchError, type Fetched, type FetchLimits, type FetchOptions, guardedFetch } from "./guarded-fetch.ts";
export { guardedPost, type Posted, type PostOptions } from "./guarded-post.ts";
