/** Why the server cannot listen, in words that name the setting. */
const WHY: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) => `port ${port} of ${host} is in use already; end what uses it, or name another --port`,
  EACCES: (host, port) => `port ${port} of ${host} may not be opened by this user; name another --port`,
  EADDRNOTAVAIL: (host) => `this machine has no address ${host}; name another --host`,
  ENOTFOUND: (host) => `there is no host ${host}; name another --host`,
};

/** The error to throw in its place; errors of other kinds come back as they are. */
export function listenFault(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const why = WHY[(error as NodeJS.ErrnoException).code ?? ""];
  return why ? new Error(why(host, port), { cause: error }) : error;
}
