/** Which isolation a worker uses: what the operator asks for, or the best that works. */
import { type BubblewrapOptions, createBubblewrap } from "./bubblewrap.ts";
import { createContainer } from "./container.ts";
import { createNone } from "./none.ts";
import { probe } from "./probe.ts";
import type { Isolation, IsolationKind } from "./sandbox.ts";

/** `auto`: bubblewrap where it works, else none, said loudly. */
export const ISOLATION_CHOICES = ["auto", "none", "bubblewrap", "container"] as const satisfies readonly (
  | "auto"
  | IsolationKind
)[];
export type IsolationChoice = (typeof ISOLATION_CHOICES)[number];

/** Throws when what was asked for does not work here: a worker that is told to confine models never runs them unconfined. */
export async function chooseIsolation(wanted: IsolationChoice, options: BubblewrapOptions): Promise<Isolation> {
  if (wanted === "none") return createNone("models run with the worker's own rights, as --isolation=none says");
  if (wanted === "container") return working("container", () => createContainer(options));
  try {
    return await working("bubblewrap", () => createBubblewrap(options));
  } catch (error) {
    if (wanted === "bubblewrap") throw error;
    return createNone(
      `NOT ISOLATED: models run with the worker's own rights, because ${(error as Error).message}. Run only models that you trust`,
    );
  }
}

async function working(name: string, create: () => Isolation): Promise<Isolation> {
  if (process.platform !== "linux") throw new Error(`${name} needs Linux`);
  const isolation = create();
  const problem = await probe(isolation);
  if (problem === undefined) return isolation;
  isolation.close();
  throw new Error(`${name} does not work here: ${problem}`);
}
