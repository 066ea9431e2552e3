/** The API in the name of who is signed in. Loaded with the first run: it brings the SDK. */
import { type Client, createClient } from "@modelyard/sdk";
import { chosenProject } from "../session/chosen-project.ts";
import type { Session } from "../session/session-provider.tsx";

/** Throws where nobody is signed in. `request`: another `fetch`. */
export function clientFor(session: Session, request?: typeof fetch): Client {
  if (session.state !== "in") throw new Error("nobody is signed in");
  const { tokens } = session;
  const send = request ?? fetch;
  return createClient({
    url: location.origin,
    bearer: tokens.bearer,
    projectId: chosenProject(session),
    fetch: async (address, options) => {
      const response = await send(address, options);
      if (response.status === 401) tokens.doubt();
      return response;
    },
  });
}
