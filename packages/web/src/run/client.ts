/** The API in the name of who is signed in. Loaded with the first run: it brings the SDK. */
import { type Client, createClient, ModelyardError } from "@modelyard/sdk";
import { chooseProject, chosenProject } from "../session/chosen-project.ts";
import type { Session } from "../session/session-provider.tsx";
import { toast } from "../ui/toast.tsx";

/** Throws where nobody is signed in. `request`: another `fetch`. */
export function clientFor(session: Session, request?: typeof fetch): Client {
  if (session.state !== "in") throw new Error("nobody is signed in");
  const { tokens } = session;
  const send = request ?? fetch;
  const billedTo = (projectId: string | undefined) =>
    createClient({
      url: location.origin,
      bearer: tokens.bearer,
      projectId,
      fetch: async (address, options) => {
        const response = await send(address, options);
        if (response.status === 401) tokens.doubt();
        return response;
      },
    });
  const client = billedTo(undefined);
  return { ...client, run: (...run) => runBilled(session, billedTo, run) };
}

/** Runs it with the chosen project. One that was removed meanwhile is chosen no more, and the server's choice holds. */
async function runBilled(
  session: Session,
  billedTo: (projectId: string | undefined) => Client,
  run: Parameters<Client["run"]>,
): ReturnType<Client["run"]> {
  const chosen = chosenProject(session);
  const client = billedTo(chosen);
  try {
    return await client.run(...run);
  } catch (error) {
    if (chosen === undefined || !(error instanceof ModelyardError) || error.code !== 0) throw error;
    const known = await client.projects().catch(() => undefined);
    if (known === undefined || known.some(({ id }) => id === chosen)) throw error;
    if (chosenProject(session) === chosen) chooseProject(session, undefined);
    toast("The project that you had chosen is gone: runs are billed to your first one.");
    return await billedTo(chosenProject(session)).run(...run);
  }
}
