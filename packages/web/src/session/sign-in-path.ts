/** Where to sign in, coming back to the page one is on with everything that stands in its address. */
export function signInPath(): string {
  if (typeof location === "undefined") return "/sign-in";
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}
