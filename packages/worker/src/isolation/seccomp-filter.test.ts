import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seccompFilter, seccompProgram } from "./seccomp-filter.ts";
import type { Architecture } from "./seccomp-syscalls.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const NO_FAMILY = 0x00050061;
const ARCH = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** Runs the program's bytes as the kernel would, over one call's struct seccomp_data. Fails on a jump past the end. */
function judge(architecture: Architecture, call: { arch?: number; nr: number; args?: number[] }): number {
  const bytes = seccompFilter(architecture);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.nr, 0);
  data.writeUInt32LE(call.arch ?? ARCH[architecture], 4);
  for (const [n, value] of (call.args ?? []).entries()) data.writeBigUInt64LE(BigInt(value), 16 + 8 * n);
  let accumulator = 0;
  for (let at = 0; ; at++) {
    assert.ok(at * 8 < bytes.length, "runs past its end");
    const code = bytes.readUInt16LE(at * 8);
    const [yes, no] = [bytes.readUInt8(at * 8 + 2), bytes.readUInt8(at * 8 + 3)];
    const value = bytes.readUInt32LE(at * 8 + 4);
    switch (code) {
      case 0x20:
        accumulator = data.readUInt32LE(value);
        break;
      case 0x15:
        at += accumulator === value ? yes : no;
        break;
      case 0x35:
        at += accumulator >= value ? yes : no;
        break;
      case 0x45:
        at += (accumulator & value) !== 0 ? yes : no;
        break;
      case 0x06:
        return value;
      default:
        assert.fail(`unknown instruction ${code}`);
    }
  }
}

const calls: [string, Architecture, Parameters<typeof judge>[1], number][] = [
  ["read", "x64", { nr: 0 }, ALLOW],
  ["write", "arm64", { nr: 64 }, ALLOW],
  ["execve", "x64", { nr: 59 }, ALLOW],
  ["a call that no kernel has yet", "x64", { nr: 9999 }, ALLOW],
  ["ptrace", "x64", { nr: 101 }, EPERM],
  ["ptrace", "arm64", { nr: 117 }, EPERM],
  ["bpf", "x64", { nr: 321 }, EPERM],
  ["keyctl", "x64", { nr: 250 }, EPERM],
  ["keyctl", "arm64", { nr: 219 }, EPERM],
  ["mount", "x64", { nr: 165 }, EPERM],
  ["unshare", "x64", { nr: 272 }, EPERM],
  ["unshare", "arm64", { nr: 97 }, EPERM],
  ["setns", "arm64", { nr: 268 }, EPERM],
  ["clone of a thread", "x64", { nr: 56, args: [0x3d0f00] }, ALLOW],
  ["clone of a process", "x64", { nr: 56, args: [0x1200011] }, ALLOW],
  ["clone with a user namespace", "x64", { nr: 56, args: [0x10000011] }, EPERM],
  ["clone with a mount namespace", "arm64", { nr: 220, args: [0x20011] }, EPERM],
  ["clone3", "x64", { nr: 435 }, ENOSYS],
  ["io_uring_setup", "arm64", { nr: 425 }, ENOSYS],
  ["ioctl TCGETS", "x64", { nr: 16, args: [1, 0x5401] }, ALLOW],
  ["ioctl TIOCSTI", "x64", { nr: 16, args: [1, 0x5412] }, EPERM],
  ["ioctl TIOCSTI with rubbish in the high half", "x64", { nr: 16, args: [1, 0x100005412] }, EPERM],
  ["ioctl TIOCLINUX", "arm64", { nr: 29, args: [1, 0x541c] }, EPERM],
  ["socket AF_INET", "x64", { nr: 41, args: [2] }, ALLOW],
  ["socket AF_UNIX", "arm64", { nr: 198, args: [1] }, ALLOW],
  ["socket AF_VSOCK", "x64", { nr: 41, args: [40] }, NO_FAMILY],
  ["socket AF_ALG", "arm64", { nr: 198, args: [38] }, NO_FAMILY],
  ["x32's read", "x64", { nr: 0x40000000 }, ENOSYS],
  ["x32's ptrace", "x64", { nr: 0x40000000 + 521 }, ENOSYS],
  ["32-bit ptrace", "x64", { arch: 0x40000003, nr: 26 }, KILL],
  ["32-bit arm", "arm64", { arch: 0x40000028, nr: 26 }, KILL],
];

describe("seccomp filter", () => {
  for (const [name, architecture, call, expected] of calls) {
    it(`${architecture}: ${name}`, () => assert.equal(judge(architecture, call), expected));
  }

  it("is a program that the kernel takes: short, and every jump within a byte", () => {
    for (const architecture of ["x64", "arm64"] as const) {
      const program = seccompProgram(architecture);
      assert.ok(program.length <= 4096, "BPF_MAXINSNS");
      for (const { yes, no } of program) assert.ok(yes < 256 && no < 256);
    }
  });
});
