/** A table of the API as a file: it answers `format=csv` with text instead of an envelope. */
import type { Session } from "./session-provider.tsx";

/** Asks for the table and hands it to the browser as a download. Throws where it is refused or nobody is signed in. */
export async function saveCsv(
  session: Session,
  path: string,
  fields: Record<string, unknown>,
  name: string,
): Promise<void> {
  if (session.state !== "in") throw new Error("nobody is signed in");
  const response = await fetch(`/v1/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${await session.tokens.bearer()}`, "content-type": "application/json" },
    body: JSON.stringify({ ...fields, format: "csv" }),
  });
  if (!(response.headers.get("content-type") ?? "").startsWith("text/csv")) throw new Error("no table came");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
