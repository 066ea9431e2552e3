import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Platform, SHIPPED_MODELS, startPlatform } from "@modelyard/testing";
import BetterSqlite from "better-sqlite3";
import { signedHeaders } from "./signed-headers.ts";

// Our side of the benchmarks. Fill in a member and the bench measures it beside the rivals; a missing one shows as "–".
//
// Each is called once per run (three runs, the median counts) and starts from an empty data folder. Start real processes,
// as an operator would run them, and stop all of them before the promise of `stop`, `drain` or `latency` settles. What is
// promised to a client counts: a task is accepted when the reply is out, and done when its final state is committed.

/** A server that is up, with what the load sends to it. */
export interface AcceptTarget {
  /** The whole URL of the run call, for POST with a JSON body. */
  url: string;
  /** One object of headers per request, used in turn: 256 of them with different nonces (signed-headers.ts). */
  headers: Record<string, string>[];
  /** The request's JSON. The rivals get { "prompt": "…" } of 64 characters. */
  body: string;
  /** Stops the server and says how many tasks its store holds: fewer than were accepted fails the bench. */
  stop(): Promise<{ stored: number }>;
}

export interface Ours {
  /** `accept`: a server whose workers take nothing, so that accepting alone is measured. */
  startAccepting?(): Promise<AcceptTarget>;
  /** `drain`: enqueue `tasks` no-op tasks from `concurrency` clients, a worker running; ends when the last one is done. */
  drain?(options: { tasks: number; concurrency: number }): Promise<{ perSecond: number }>;
  /** `latency`: one task at a time on an idle system, from the enqueue call to the handler's first line, in milliseconds. */
  latency?(options: { samples: number }): Promise<{ p50: number; p99: number }>;
  /** `command`: one task at a time of a model that runs `true`, from the call to the terminal frame on the socket, in milliseconds. */
  command?(options: { samples: number }): Promise<{ p5: number; p50: number; p99: number }>;
  /** `overhead`: the same for a model with a warm process that does nothing. */
  service?(options: { samples: number }): Promise<{ p5: number; p50: number; p99: number }>;
  /** `files`: a server that serves this file at `url`. */
  startServing?(bytes: Buffer): Promise<{ url: string; stop(): Promise<void> }>;
  /** `pages`: a server that has pages, with the address of a model's. */
  startPages?(): Promise<{ url: string; stop(): Promise<void> }>;
  /** `lighthouse`: a server with the models that ship; `url` is its base address. */
  startSite?(): Promise<{ url: string; stop(): Promise<void> }>;
  /** `memory`: resident memory of the idle server and its worker together, in MB (10⁶ bytes). */
  memory?(): Promise<{ megabytes: number }>;
}

/** One run of the fixture model that does nothing. */
const BODY = JSON.stringify({
  prompt: "a lighthouse in a storm, oil on canvas, wide, muted colours, 4k…".padEnd(64, "."),
});
const PATH = "/v1/Run/test/noop";

interface Running {
  platform: Platform;
  headers: Record<string, string>[];
  /** How many tasks the store holds: all, or only those that are not done. */
  count(what: "all" | "open"): number;
  stop(): Promise<void>;
}

async function start(args: string[]): Promise<Running> {
  const dataDir = await mkdtemp(join(tmpdir(), "modelyard-bench-"));
  const platform = await startPlatform({ dataDir, args });
  const project = platform.firstRun.projects.find(({ auth }) => auth === "signature");
  const headers = signedHeaders({ apiKey: project?.apiKey ?? "", apiSecret: project?.apiSecret ?? "" });
  const store = new BetterSqlite(join(dataDir, "modelyard.sqlite"), { readonly: true });
  const counts = {
    all: store.prepare<[], { n: number }>("select count(*) as n from task"),
    open: store.prepare<[], { n: number }>("select count(*) as n from (select 1 from queue_entry limit 1)"),
  };
  return {
    platform,
    headers,
    count: (what) => counts[what].get()?.n ?? 0,
    async stop() {
      store.close();
      await platform.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function post(
  url: string,
  agent: Agent,
  headers: Record<string, string>,
): Promise<{ taskid: string; socketaccesstoken: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(BODY), ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        response.on("end", () => {
          const answer = JSON.parse(text);
          if (answer.result) resolve(answer);
          else reject(new Error(text));
        });
      },
    );
    sent.on("error", reject).end(BODY);
  });
}

/** Waits until the warm process is up: the first run starts it. */
async function warm({ platform, count }: Running, agent: Agent, headers: Record<string, string>): Promise<void> {
  await post(platform.url + PATH, agent, headers);
  while (count("open") > 0) await setTimeout(5);
}

export const ours: Ours = {
  async startPages() {
    const { platform, stop } = await start(["--no-worker"]);
    return { url: `${platform.url}/models/test/picture`, stop };
  },

  async startSite() {
    const { platform, stop } = await start(["--no-worker", "--models", SHIPPED_MODELS]);
    return { url: platform.url, stop };
  },

  async startAccepting() {
    const running = await start(["--no-worker"]);
    const { platform, headers } = running;
    return {
      url: platform.url + PATH,
      headers,
      body: BODY,
      async stop() {
        const stored = running.count("all");
        await running.stop();
        return { stored };
      },
    };
  },

  async drain({ tasks, concurrency }) {
    const running = await start(["--slots", "256"]);
    const { platform, headers, count } = running;
    const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    await warm(running, agent, headers[0] ?? {});
    const began = performance.now();
    let next = 0;
    const client = async () => {
      for (let n = next++; n < tasks; n = next++)
        await post(platform.url + PATH, agent, headers[n % headers.length] ?? {});
    };
    await Promise.all(Array.from({ length: concurrency }, client));
    while (count("open") > 0) await setTimeout(5);
    const seconds = (performance.now() - began) / 1000;
    agent.destroy();
    await running.stop();
    return { perSecond: tasks / seconds };
  },

  async latency({ samples }) {
    const running = await start([]);
    const { platform, headers } = running;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await warm(running, agent, headers[0] ?? {});
    const client = platform.client("apikey");
    const found: number[] = [];
    for (let n = 0; n < samples; n++) {
      const began = performance.timeOrigin + performance.now();
      const { taskid } = await post(platform.url + PATH, agent, headers[n % headers.length] ?? {});
      // The model answers with the time at which it read its input; asking for the answer must not compete with the run.
      await setTimeout(30);
      const task = await client.wait({ taskid }, { intervalMs: 5 });
      found.push(Number(task.debugoutput) - began);
      await setTimeout(10);
    }
    agent.destroy();
    await running.stop();
    return quantiles(found);
  },

  command: ({ samples }) => oneByOne("test/true", samples),
  service: ({ samples }) => oneByOne("test/noop", samples),

  async startServing(bytes) {
    const running = await start(["--no-worker"]);
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(bytes)]), "0.png");
    const answer = await fetch(`${running.platform.url}/v1/File/Upload`, {
      method: "POST",
      headers: running.headers[0] ?? {},
      body: form,
    });
    const { list } = (await answer.json()) as { list?: { url: string }[] };
    if (!list?.[0]) throw new Error("the file was not taken");
    return { url: list[0].url, stop: () => running.stop() };
  },

  async memory() {
    const running = await start([]);
    const { pid } = running.platform.process;
    // Loading leaves garbage that is collected some seconds after the start (cli/bin).
    await setTimeout(8_000);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
    const resident = (process: string) =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${process}/status`, "utf8"))?.[1]);
    const kilobytes = [String(pid), ...children].map(resident).reduce((sum, value) => sum + value, 0);
    await running.stop();
    return { megabytes: (kilobytes * 1024) / 1e6 };
  },
};

/** One run at a time, from the call to the terminal frame on the socket, in milliseconds. */
async function oneByOne(model: string, samples: number): Promise<{ p5: number; p50: number; p99: number }> {
  const running = await start([]);
  const { platform, headers } = running;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const socket = new WebSocket(`${platform.url.replace("http", "ws")}/v1`);
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  const found: number[] = [];
  for (let n = -5; n < samples; n++) {
    const began = performance.now();
    const signed = headers[(n + headers.length) % headers.length] ?? {};
    const { socketaccesstoken } = await post(`${platform.url}/v1/Run/${model}`, agent, signed);
    socket.send(JSON.stringify({ type: "task_info", tasktoken: socketaccesstoken }));
    await new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        if (JSON.parse(String(data)).terminal) resolve();
      };
    });
    // The first few start the launcher or the warm process, and fill the caches.
    if (n >= 0) found.push(performance.now() - began);
    await setTimeout(15);
  }
  socket.close();
  agent.destroy();
  await running.stop();
  return quantiles(found);
}

function quantiles(found: number[]): { p5: number; p50: number; p99: number } {
  const sorted = found.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p5: at(0.05), p50: at(0.5), p99: at(0.99) };
}
