/**
 * What an operator has switched on by name (a paused model, a cordoned worker), with reason and time. Kept in the store, so that
 * it outlives a restart, and in memory, because dispatching asks for it all the time.
 */
import type { Log } from "@modelyard/contract";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "./database.ts";

export interface Switched {
  /** Shown to whoever it concerns; "" where none was given. */
  reason: string;
  /** Unix milliseconds. */
  since: number;
}

export interface Switches {
  get(name: string): Switched | undefined;
  /** Everything that is on, by name. */
  all(): ReadonlyMap<string, Switched>;
  on(name: string, reason: string): Promise<void>;
  off(name: string): Promise<void>;
  /** Calls back after every change, on whichever server it was made; returns the function that ends it. */
  changed(listener: () => void): () => void;
  close(): void;
}

/** `kind`: what the names name, e.g. `pause`; a letter-only word. */
export async function createSwitches(options: { db: Database; bus: Bus; kind: string; log: Log }): Promise<Switches> {
  const { db, bus, kind, log } = options;
  const prefix = `${kind}:`;
  const topic = `switch:${kind}`;
  const listeners = new Set<() => void>();
  let on = await read();
  const unsubscribe = bus.subscribe(topic, () => {
    read()
      .then((now) => {
        on = now;
        for (const listener of listeners) listener();
      })
      .catch((error: unknown) => log(`${kind}: the store could not be read: ${String(error)}`, { level: "error" }));
  });

  async function read(): Promise<Map<string, Switched>> {
    const rows = await db.q.selectFrom("setting").selectAll().where("key", "like", `${prefix}%`).execute();
    return new Map(rows.map(({ key, value }) => [key.slice(prefix.length), JSON.parse(value) as Switched]));
  }

  async function told(): Promise<void> {
    on = await read();
    bus.publish(topic, null);
  }

  return {
    get: (name) => on.get(name),
    all: () => on,
    async on(name, reason) {
      await db.write((tx) => {
        const value = JSON.stringify({ reason, since: tx.now } satisfies Switched);
        return tx.q
          .insertInto("setting")
          .values({ key: prefix + name, value })
          .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
          .execute();
      });
      await told();
    },
    async off(name) {
      await db.write((tx) =>
        tx.q
          .deleteFrom("setting")
          .where("key", "=", prefix + name)
          .execute(),
      );
      await told();
    },
    changed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: unsubscribe,
  };
}
