// SPDX-License-Identifier: GPL-2.0-or-later
// Opens every page of a directory in a real browser, at three widths, in both colour schemes and
// for print, and reports what a reader would stumble over. Usage: node check.mjs DIR
import puppeteer from "puppeteer-core";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as inside from "./inside.mjs";

const WIDTHS = [360, 1280, 2560];
const SCHEMES = ["light", "dark"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const directory = resolve(process.argv[2] ?? ".");
const names = readdirSync(directory).filter((name) => /\.(html|svg)$/.test(name)).sort();
if (names.length === 0) {
  console.error(`${directory}: has no pages`);
  process.exit(2);
}
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  protocolTimeout: 240_000,
  timeout: 120_000,
  args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
});
const wrong = [];
for (const name of names) {
  for (const what of await check(join(directory, name))) {
    wrong.push(what);
    console.log(`${name}: ${what}`);
  }
}
await browser.close();
console.log(`${names.length} pages, ${wrong.length} wrong`);
process.exit(wrong.length === 0 ? 0 : 1);

/** Returns what is wrong with a page. */
async function check(file) {
  const found = new Set();
  const url = pathToFileURL(file).href;
  const isSvg = file.endsWith(".svg");
  const page = await browser.newPage();
  page.on("console", (message) => found.add(`console: ${message.text()}`));
  page.on("pageerror", (error) => found.add(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    found.add(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== url) found.add(`request: ${request.url()}`);
  });
  for (const scheme of SCHEMES) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of isSvg ? [WIDTHS[1]] : WIDTHS) {
      await page.setViewport({ width, height: 900 });
      await page.goto(url, { waitUntil: "load" });
      const add = (all) => all.forEach((what) => found.add(`${scheme}, ${width}: ${what}`));
      add(await page.evaluate(inside.layout));
      if (width !== WIDTHS[2]) add(await page.evaluate(inside.contrast));
      add(await page.evaluate(inside.active));
    }
  }
  if (!isSvg) {
    for (const what of await keyboard(page)) found.add(what);
    for (const what of await accessible(page, url)) found.add(what);
    for (const what of await print(page)) found.add(what);
  }
  await page.close();
  return found;
}

/** Goes to each row with the Tab key: its tip has to be seen, whole. */
async function keyboard(page) {
  await page.setViewport({ width: 1280, height: 900 });
  const rows = await page.evaluate(() => document.querySelectorAll("svg .row").length);
  const found = [];
  let seen = 0;
  await page.evaluate(() => document.activeElement?.blur());
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press("Tab");
    const what = await page.evaluate(inside.focused);
    if (what === null) continue;
    seen++;
    found.push(...what.map((text) => `by keyboard: ${text}`));
  }
  if (rows > 0 && seen === 0) found.push("by keyboard: no row is reached");
  return found;
}

/** Asks axe-core for what people with other means than eyes and a mouse would miss. */
async function accessible(page, url) {
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, {
    rules: { "color-contrast": { enabled: false } },
  }));
  return result.violations.map((violation) =>
    `axe: ${violation.id}: ${violation.help}: ${violation.nodes[0].html.slice(0, 160)}`);
}

/** Prints on paper, where nothing may be cut either. */
async function print(page) {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await page.emulateMediaType("print");
  await page.setViewport({ width: 718, height: 1000 });
  const found = (await page.evaluate(inside.layout)).map((what) => `print: ${what}`);
  found.push(...(await page.evaluate(inside.contrast)).map((what) => `print: ${what}`));
  await page.emulateMediaType(null);
  const pdf = await page.pdf({ format: "A4", printBackground: true, margin: { top: "1cm", bottom: "1cm", left: "1cm", right: "1cm" } });
  if (Buffer.from(pdf.slice(0, 5)).toString() !== "%PDF-" || pdf.length < 2000) found.push("print: no PDF");
  return found;
}
