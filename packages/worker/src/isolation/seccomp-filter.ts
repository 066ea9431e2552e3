/**
 * The seccomp filter as a classic BPF program (linux/filter.h, linux/seccomp.h), which bubblewrap loads from a descriptor. Pure.
 *
 * A call that is not named is allowed: models are any program in any language, and a list of what is allowed breaks with every new
 * libc. The order of the tests matters for speed only; the kernel remembers which calls are always allowed.
 */
import { type Architecture, CLONE, DENIED, IOCTL, SOCKET, UNKNOWN } from "./seccomp-syscalls.ts";

/** AUDIT_ARCH_* of linux/audit.h. */
const AUDIT_ARCH = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
/** Numbers from here on are x64's second, 32-bit interface (x32), which would get around every number below. */
const X32_BIT = 0x40000000;

/** SECCOMP_RET_* of linux/seccomp.h; errno in the low half. */
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const EPERM = 0x00050000 | 1;
const ENOSYS = 0x00050000 | 38;
const EAFNOSUPPORT = 0x00050000 | 97;

/** CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET} of linux/sched.h. */
const NEW_NAMESPACES = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;
/** Typing into the terminal of whoever started the worker: TIOCSTI, TIOCLINUX. */
const TERMINAL_IOCTLS = [0x5412, 0x541c];
/** Socket families with a history of kernel bugs, or that lead to the host: AF_ALG, AF_KEY, AF_PACKET, AF_VSOCK, AF_XDP, AF_RDS, AF_TIPC. */
const DENIED_FAMILIES = [38, 15, 17, 40, 44, 21, 30];

/** BPF codes: LD|W|ABS, JMP|JEQ|K, JMP|JGE|K, JMP|JSET|K, RET|K. */
const LOAD = 0x20;
const EQUALS = 0x15;
const AT_LEAST = 0x35;
const HAS_BITS = 0x45;
const RETURN = 0x06;

/** Offsets in struct seccomp_data; of an argument the low half, little-endian. */
const NUMBER = 0;
const ARCH = 4;
const argument = (n: number): number => 16 + 8 * n;

/** One instruction; `yes` and `no` are how many to skip. */
interface Instruction {
  code: number;
  yes: number;
  no: number;
  value: number;
}

const load = (offset: number): Instruction => ({ code: LOAD, yes: 0, no: 0, value: offset });
const answer = (value: number): Instruction => ({ code: RETURN, yes: 0, no: 0, value });
/** `then` is done when the test holds; else it goes on behind it. */
const when = (code: number, value: number, ...then: Instruction[]): Instruction[] => [
  { code, yes: 0, no: then.length, value },
  ...then,
];

export function seccompProgram(architecture: Architecture): Instruction[] {
  const column = architecture === "x64" ? 0 : 1;
  const numbers = (calls: Readonly<Record<string, readonly (number | null)[]>>): number[] =>
    Object.values(calls).flatMap((call) => call[column] ?? []);
  return [
    load(ARCH),
    // `when` runs its answer on equality; here everything else is what ends.
    { code: EQUALS, yes: 1, no: 0, value: AUDIT_ARCH[architecture] },
    answer(KILL_PROCESS),
    load(NUMBER),
    ...(architecture === "x64" ? when(AT_LEAST, X32_BIT, answer(ENOSYS)) : []),
    ...numbers(DENIED).flatMap((number) => when(EQUALS, number, answer(EPERM))),
    ...numbers(UNKNOWN).flatMap((number) => when(EQUALS, number, answer(ENOSYS))),
    ...when(EQUALS, CLONE[column], load(argument(0)), ...when(HAS_BITS, NEW_NAMESPACES, answer(EPERM)), answer(ALLOW)),
    ...when(
      EQUALS,
      IOCTL[column],
      load(argument(1)),
      ...TERMINAL_IOCTLS.flatMap((request) => when(EQUALS, request, answer(EPERM))),
      answer(ALLOW),
    ),
    ...when(
      EQUALS,
      SOCKET[column],
      load(argument(0)),
      ...DENIED_FAMILIES.flatMap((family) => when(EQUALS, family, answer(EAFNOSUPPORT))),
      answer(ALLOW),
    ),
    answer(ALLOW),
  ];
}

/** The program as the kernel reads it: struct sock_filter, 8 bytes each. */
export function seccompFilter(architecture: Architecture): Buffer {
  const program = seccompProgram(architecture);
  const bytes = Buffer.alloc(program.length * 8);
  for (const [at, { code, yes, no, value }] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(yes, at * 8 + 2);
    bytes.writeUInt8(no, at * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, at * 8 + 4);
  }
  return bytes;
}
