/** Drawing an input on another one's picture: a mask is painted, and the model gets it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REPOSITORY } from "@modelyard/testing";
import { axe, picture, type Site, skip, startSite } from "./support.ts";

const inpaintAndSegment = ["inpaint", "segment"].flatMap((slug) => [
  "--models",
  join(REPOSITORY, "models/modelyard", slug),
]);

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-draw", inpaintAndSegment);
});
after(async () => site?.close());

test("a mask is painted on the picture of the sample, taken back, and becomes a file of the form", {
  skip,
}, async () => {
  const inputs = encodeURIComponent(JSON.stringify({}));
  const { page, troubles, close } = await site.visit(`/models/modelyard/inpaint?inputs=${inputs}`, { signedIn: true });
  await picture(page, "draw-page", false);
  const paint = page.getByRole("button", { name: "Paint it on the picture" });
  assert.equal(await paint.isDisabled(), true, "there is no picture yet");
  await page.getByLabel("Input Image", { exact: true }).setInputFiles({
    name: "square.svg",
    mimeType: "image/svg+xml",
    buffer: Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><rect width="400" height="200" fill="teal"/></svg>',
    ),
  });
  await paint.click();
  const canvas = page.getByTestId("mask");
  await page.locator('[data-testid="mask"][width="400"]').waitFor();
  const box = await canvas.boundingBox();
  assert.ok(box);
  const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  const stroke = async (from: [number, number], to: [number, number]) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 5 });
    await page.mouse.up();
  };
  await stroke(at(0.1, 0.8), at(0.9, 0.8));
  await page.getByRole("button", { name: "Undo" }).click();
  await stroke(at(0.25, 0.25), at(0.75, 0.25));
  await picture(page, "draw-mask", false);
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Use this mask" }).click();
  await page.locator("fieldset").getByText("mask.png", { exact: true }).first().waitFor();
  // The preview beside its name is the mask itself: white along the stroke, black elsewhere, in the picture's size.
  const seen = await page.evaluate<unknown>(`(async () => {
    const image = [...document.querySelectorAll("fieldset img")].at(-1);
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const look = (x, y) => [...context.getImageData(x, y, 1, 1).data];
    return { size: [image.naturalWidth, image.naturalHeight], painted: look(200, 50), undone: look(200, 160), corner: look(2, 2) };
  })()`);
  assert.deepEqual(seen, {
    size: [400, 200],
    painted: [255, 255, 255, 255],
    undone: [0, 0, 0, 255],
    corner: [0, 0, 0, 255],
  });
  assert.deepEqual(troubles, []);
  await close();
});

test("points are picked on the sample's picture, and stand in the field as text", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/modelyard/segment", { signedIn: true });
  await page.getByRole("button", { name: "Use these inputs" }).first().click();
  const field = page.getByLabel("Points on it");
  assert.equal(await field.inputValue(), "0.5,0.6");
  await field.fill("");
  await page.getByRole("button", { name: "Pick on the picture" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Pick points" });
  const image = dialog.getByTestId("points");
  await image.waitFor();
  const box = await image.boundingBox();
  assert.ok(box);
  for (const [x, y] of [
    [0.25, 0.5],
    [0.9, 0.9],
    [0.75, 0.25],
  ] as const) {
    await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    if (x === 0.9) await dialog.getByRole("button", { name: "Undo" }).click();
  }
  await picture(page, "draw-points", false);
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole("button", { name: "Use these points" }).click();
  const points = (await field.inputValue()).split(/[ ,]/).map(Number);
  assert.equal(points.length, 4);
  for (const [i, value] of [0.25, 0.5, 0.75, 0.25].entries())
    assert.ok(Math.abs(points[i]! - value) < 0.01, `${points}`);
  assert.deepEqual(troubles, []);
  await close();
});
