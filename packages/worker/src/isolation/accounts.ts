/**
 * Accounts for confined processes. A worker that is root gives every process an account of its own, which owns nothing and appears
 * in no list of the host: limits per account are then limits per process tree, and the kernel keeps apart what mounts would not.
 */
import fs from "node:fs";
import path from "node:path";
import type { Owner } from "./sandbox.ts";

/** Beyond what systemd and container tools hand out (they end at 1879048191). */
export const FIRST_ACCOUNT = 1_900_000_000;
/** The largest number of accounts in use at a time; beyond it they are shared. */
export const ACCOUNTS = 1024;
/** Inside a user namespace of an unprivileged worker, where there is one account only. */
export const INNER_ACCOUNT = FIRST_ACCOUNT;

export class Accounts {
  readonly #used = new Set<number>();
  #next = 0;

  take(): Owner {
    for (let tries = 0; tries < ACCOUNTS && this.#used.has(this.#next); tries++)
      this.#next = (this.#next + 1) % ACCOUNTS;
    const id = this.#next;
    this.#used.add(id);
    // The one after, not the lowest free one: what an earlier process left behind belongs to nobody for as long as possible.
    this.#next = (id + 1) % ACCOUNTS;
    return { uid: FIRST_ACCOUNT + id, gid: FIRST_ACCOUNT + id };
  }

  give({ uid }: Owner): void {
    this.#used.delete(uid - FIRST_ACCOUNT);
  }
}

/** Writes a sandbox's passwd, group and nsswitch.conf into the folder: names for the accounts, so that programs that ask who they are get an answer. */
export function writeAccountFiles(folder: string): void {
  const files = { ...accountFiles(), "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n" };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text, { mode: 0o644 });
}

function accountFiles(): { passwd: string; group: string } {
  const numbers = Array.from({ length: ACCOUNTS }, (_, index) => FIRST_ACCOUNT + index);
  return {
    passwd: `root:x:0:0:root:/:/usr/sbin/nologin\n${numbers.map((id) => `model:x:${id}:${id}::/tmp:/bin/sh\n`).join("")}`,
    group: `root:x:0:\n${numbers.map((id) => `model:x:${id}:\n`).join("")}`,
  };
}
