/** The log of callbacks as their owner reads it: what was sent, what came back, and how a receiver checks it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { look, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
let receiver: Server;
/** Bodies that came. */
const received: string[] = [];
before(async () => {
  if (skip) return;
  receiver = createServer(async (request, response) => {
    received.push(String(await buffer(request)));
    response.end(request.url === "/quiet" ? "" : "thank you");
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  site = await startSite("web-callbacks", [`--allow-hosts=127.0.0.1:${(receiver.address() as AddressInfo).port}`]);
});
after(async () => {
  await site?.close();
  receiver?.closeAllConnections();
  receiver?.close();
});

const until = async (holds: () => boolean) => {
  for (let round = 0; round < 100 && !holds(); round++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(holds());
};

test("each attempt shows what was sent and what came back, on the run's page and in the list", { skip }, async () => {
  const client = site.platform.client("apikey");
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const first = await client.run("test/noop", { callbackUrl: `${url}/done` });
  await client.wait(first);
  await until(() => received.length === 1);
  const second = await client.run("test/noop", { callbackUrl: "http://example.com:9/" });
  await client.wait(second);

  const { page, troubles, close } = await site.visit(`/runs/${first.taskid}`, { signedIn: true });
  await page.getByText(/answered 200$/).click();
  assert.equal(await page.getByRole("region", { name: "Body of attempt 1" }).innerText(), received[0]);
  const head = await page.getByRole("region", { name: "Head of attempt 1" }).innerText();
  assert.match(
    head,
    /POST http:.*\/done\ncontent-type: application\/json\nwebhook-id: msg_.+\nwebhook-timestamp: \d+\n/,
  );
  assert.equal(await page.getByRole("region", { name: "Answer to attempt 1" }).innerText(), "thank you");
  await page.getByText("what was sent then may differ").waitFor();
  await look(page, "callback-of-run", { at: "#callbacks-title" });

  await page.goto(`${site.platform.url}/dashboard/callbacks`);
  await settled(page);
  const delivery = (taskid: string) => page.getByRole("listitem").filter({ hasText: `Run ${taskid}` });
  await delivery(first.taskid).getByText("1 attempt", { exact: true }).click();
  await delivery(first.taskid)
    .getByText(/answered 200$/)
    .click();
  await page.getByRole("region", { name: "Answer to attempt 1" }).waitFor();
  await look(page, "callbacks-attempt", { fullPage: true });
  await page.getByRole("link", { name: "How a receiver checks it" }).click();
  await page.locator("h2#callbacks").waitFor();

  await page.goto(`${site.platform.url}/dashboard/callbacks`);
  await settled(page);
  await delivery(second.taskid)
    .getByText(/^\d attempts?$/)
    .click();
  await delivery(second.taskid)
    .getByText(/Port 9 is not one that callbacks are sent to\./)
    .first()
    .click();
  await delivery(second.taskid).getByText("None came: Port 9").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});
