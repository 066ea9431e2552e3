/**
 * Password hashes at a bounded rate: one takes 19 MiB and tens of milliseconds of a thread that files and DNS need too, so a flood of
 * sign-ins must wait in its own line, and a long line is sent away.
 */
import { waitError } from "./back-off.ts";
import { hashPassword, verifyPassword } from "./password.ts";

const AT_ONCE = 2;
const LINE = 64;

export interface PasswordGate {
  hash(password: string): Promise<string>;
  /** Takes as long when there is no hash to compare with. */
  verify(password: string, phc: string | undefined): Promise<boolean>;
}

/** Throws the catalogue's `tooManyAttempts` when too many wait. */
export function createPasswordGate(): PasswordGate {
  let active = 0;
  const waiting: (() => void)[] = [];

  async function through<T>(work: () => Promise<T>): Promise<T> {
    if (active >= AT_ONCE) {
      if (waiting.length >= LINE) throw waitError(2_000);
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else active += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else active -= 1;
    }
  }

  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => through(() => hashPassword(password)),
    async verify(password, phc) {
      decoy ??= hashPassword("no account has this password");
      const against = phc ?? (await decoy);
      return (await through(() => verifyPassword(password, against))) && phc !== undefined;
    },
  };
}
