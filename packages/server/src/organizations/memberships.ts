/** What the end of an account means for the organisations that it belongs to. */
export { forgetMemberships, soleOwnerOf } from "./store.ts";
