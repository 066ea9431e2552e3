// The HTTP load, in a process of its own. One JSON argument: { url, seconds, warmUpSeconds, connections, headers: [{…}], body }.
// The requests go through `headers` in turn, so that signatures differ and cost the load nothing. Prints one JSON line.
import autocannon from "autocannon";

const { url, seconds, warmUpSeconds, connections, headers, body } = JSON.parse(process.argv[2]);
const { pathname, search } = new URL(url);
const requests = headers.map((extra) => ({
  method: "POST",
  path: pathname + search,
  headers: { "content-type": "application/json", ...extra },
  body,
}));

const shoot = (duration) => autocannon({ url, connections, duration, requests });
const warmUp = await shoot(warmUpSeconds);
const result = await shoot(seconds);
process.stdout.write(
  `${JSON.stringify({
    perSecond: result["2xx"] / result.duration,
    accepted: warmUp["2xx"] + result["2xx"],
    refused: result.non2xx + result.errors + result.timeouts,
    p50: result.latency.p50,
    p99: result.latency.p99,
  })}\n`,
);
