/** Calls about the account itself, with this browser's cookie (`/account/…`). Scripts see the answer, never the cookie. */
import { RefusedError } from "./use-answer.ts";

/** Throws RefusedError with the server's own sentence. */
export async function accountCall<Answer>(
  name: string,
  fields: Record<string, unknown>,
  answer: { parse(raw: unknown): Answer },
): Promise<Answer> {
  const response = await fetch(`/account/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fields),
    credentials: "same-origin",
  });
  const body = (await response.json()) as { errors?: { message?: unknown }[] };
  const message = body.errors?.[0]?.message;
  if (typeof message === "string") throw new RefusedError(message);
  return answer.parse(body);
}
