import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** The bytes that came are not the bytes that were asked for. Trying the same source again would not help. */
export class WrongContent extends Error {
  override readonly name = "WrongContent";
}

/** What a file must be; what is left out is vouched for by something else (the integrity of the tarball it comes from). */
export interface Expected {
  /** What messages call it. */
  name: string;
  size?: number | undefined;
  sha256?: string | undefined;
}

/** A file being written and checked on the way. Nothing beyond the expected size is ever written. */
export class CheckedFile {
  readonly #expected: Expected;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  bytes = 0;

  private constructor(expected: Expected, handle: FileHandle) {
    this.#expected = expected;
    this.#handle = handle;
  }

  /** `resume`: what the file already holds counts; the hash is computed over it first. */
  static async open(path: string, options: Expected & { resume?: boolean }): Promise<CheckedFile> {
    const file = new CheckedFile(options, await open(path, options.resume ? "a" : "w"));
    if (options.resume) {
      for await (const chunk of createReadStream(path)) {
        file.#hash.update(chunk);
        file.bytes += chunk.length;
      }
    }
    return file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const { name, size } = this.#expected;
    this.bytes += chunk.length;
    if (size !== undefined && this.bytes > size)
      throw new WrongContent(`${name}: more than the expected ${size} bytes`);
    this.#hash.update(chunk);
    await this.#handle.appendFile(chunk);
  }

  /** Throws `WrongContent` when the file is not the expected one. */
  async finish(): Promise<void> {
    await this.close();
    const { name, size, sha256 } = this.#expected;
    if (size !== undefined && this.bytes !== size)
      throw new WrongContent(`${name}: ${this.bytes} bytes, expected ${size}`);
    const actual = this.#hash.digest("hex");
    if (sha256 !== undefined && actual !== sha256)
      throw new WrongContent(`${name}: sha256 is ${actual}, expected ${sha256}`);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
