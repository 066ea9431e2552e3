/**
 * For whom this browser acts: its account itself, or an organisation that the account is a member of. The choice is kept in
 * localStorage with the account that made it, and counts only as far as `POST /account/Organizations` confirms it.
 */
import { postAccount } from "./account.ts";

export interface Acting {
  uuid: string;
  name: string;
  /** owner, admin or member (contract/organization.ts). */
  role: string;
}

const KEY = "modelyard-acting";

interface Kept {
  account: string;
  organization: string;
  name: string;
}

/** What the account chose here before; undefined where nothing is kept, or somebody else chose it. */
export function keptActing(account: string): Kept | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Kept> | null;
    if (kept?.account !== account || typeof kept.organization !== "string") return undefined;
    return { account, organization: kept.organization, name: String(kept.name ?? "") };
  } catch {
    return undefined;
  }
}

export function keepActing(account: string, acting: Acting | undefined): void {
  try {
    if (acting) localStorage.setItem(KEY, JSON.stringify({ account, organization: acting.uuid, name: acting.name }));
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the choice holds until the page is loaded anew.
  }
}

/** The organisations of who is signed in. Throws where the server does not answer as it should. */
export async function fetchOrganizations(): Promise<readonly Acting[]> {
  const answer = (await (await postAccount("Organizations")).json()) as { organizations?: readonly Acting[] };
  if (!Array.isArray(answer.organizations)) throw new Error("no organisations came");
  return answer.organizations;
}

/** Who may see and change projects, keys and the wallet: for oneself always, for an organisation its owners and admins. */
export function mayManageFor(acting: Acting | undefined): boolean {
  return acting === undefined || acting.role !== "member";
}
