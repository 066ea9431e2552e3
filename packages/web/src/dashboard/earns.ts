/** Asks whether models earn for whom the visitor acts. Loaded when it is asked: it brings the SDK. */
import { EarningsResponse } from "@modelyard/contract";
import { clientFor } from "../run/client.ts";
import type { Session } from "../session/session-provider.tsx";

export async function earns(session: Session): Promise<boolean> {
  const today = new Date().toISOString().slice(0, 10);
  const answer = await clientFor(session).ask("Earnings/Detail", { from: today, to: today }, EarningsResponse);
  return answer.publishers.length > 0;
}
