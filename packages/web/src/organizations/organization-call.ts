/** Calls about organisations, with refusals in words for people where the API has names for programs. */
import { accountCall } from "../session/account-call.ts";
import { RefusedError } from "../session/use-answer.ts";

const WORDS: Readonly<Record<string, string>> = {
  "organization-not-exist": "This organisation is not one of yours, or it is gone.",
  "member-not-exist": "This member is not in the organisation any more. Load the page again.",
  "This link is not valid (any more).": "This invitation was accepted, taken back, or has ended. Load the page again.",
  "You don't have any permission for this action.":
    "Your role in this organisation does not allow that. It may just have been changed: load the page again.",
  "Tasks of this account have not ended yet. Kill them or wait.":
    "Runs of this organisation go on. Stop them, or wait for their end.",
};

/** Throws RefusedError. */
export async function organizationCall<Answer>(
  name: string,
  fields: Record<string, unknown>,
  answer: { parse(raw: unknown): Answer },
): Promise<Answer> {
  try {
    return await accountCall(name, fields, answer);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const balance = /^The balance of (\$\S+) would be lost/.exec(error.message)?.[1];
    if (balance) throw new RefusedError(`${balance} are left in its wallet. Tick the box to give them up.`);
    throw new RefusedError(WORDS[error.message] ?? error.message);
  }
}
