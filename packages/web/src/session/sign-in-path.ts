import { SIGN_IN } from "../layout/navigation.ts";

/** Where to sign in, coming back to the page one is on with everything that stands in its address. */
export function signInPath(page = SIGN_IN): string {
  return `${page}?next=${encodeURIComponent(location.pathname + location.search)}`;
}
