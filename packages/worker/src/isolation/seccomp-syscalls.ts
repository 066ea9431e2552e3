/**
 * System calls that no model needs and that kernels were attacked through, with their numbers (Linux headers: asm/unistd_64.h and
 * asm-generic/unistd.h). The list is our own choice, made after reading Docker's default profile and Flatpak's; everything else is allowed.
 */

export type Architecture = "x64" | "arm64";

/** Answered with EPERM. [x64, arm64]; null = the architecture has no such call. */
export const DENIED: Readonly<Record<string, readonly [number, number | null]>> = {
  // Keys of the account, which have no namespace.
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // The kernel's own programs and its view of other processes.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  fanotify_init: [300, 262],
  lookup_dcookie: [212, 18],
  memfd_secret: [447, 447],
  // Namespaces and mounts. clone is looked at by its flags, clone3 is answered with ENOSYS.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  // Files by handle get around what a mount hides.
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  // The machine.
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  acct: [163, 89],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  syslog: [103, 116],
  vhangup: [153, 58],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  iopl: [172, null],
  ioperm: [173, null],
};

/** Answered with ENOSYS, as by an older kernel: libraries fall back to an older way. clone3's flags lie in memory, where a filter cannot look. */
export const UNKNOWN: Readonly<Record<string, readonly [number, number]>> = {
  clone3: [435, 435],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
};

/** Looked at by their arguments. */
export const CLONE = [56, 220] as const;
export const IOCTL = [16, 29] as const;
export const SOCKET = [41, 198] as const;
