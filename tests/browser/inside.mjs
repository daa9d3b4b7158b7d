// SPDX-License-Identifier: GPL-2.0-or-later
// Functions that run in the page. Each is sent to it alone, so it can use nothing of this file.

/** Returns text that is cut or overlaps other text, and what makes the page too wide. */
export function layout() {
  const found = [];
  const show = (node) => JSON.stringify((node.textContent ?? "").trim().slice(0, 60));
  const root = document.documentElement;
  const isPage = root.localName === "html";
  if (isPage && root.scrollWidth > root.clientWidth + 1) {
    found.push(`the page is ${root.scrollWidth} wide`);
  }
  const texts = [];
  const walker = document.createTreeWalker(isPage ? document.body : root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent.trim()) continue;
    const parent = node.parentElement;
    if (parent.closest("title, desc, style, script")) continue;
    const style = getComputedStyle(parent);
    if (style.visibility !== "visible" || style.display === "none") continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      // What is moved out of sight is for screen readers.
      if (rect.width < 1 || rect.height < 1 || rect.right < 0) continue;
      texts.push({ node, parent, rect });
    }
  }
  for (const { node, parent, rect } of texts) {
    const scroller = parent.closest(".panel, .scroll");
    const scrolls = scroller && ["auto", "scroll"].includes(getComputedStyle(scroller).overflowX);
    if (scrolls) {
      const box = scroller.getBoundingClientRect();
      const right = box.left - scroller.scrollLeft + scroller.scrollWidth;
      if (rect.right > right + 1) found.push(`cut in a container: ${show(node)}`);
    } else if (isPage && (rect.right > root.clientWidth + 1 || rect.left < -1)) {
      found.push(`cut by the page: ${show(node)}`);
    }
    const svg = parent.closest("svg");
    if (svg) {
      const box = svg.getBoundingClientRect();
      const outside = rect.left < box.left - 1 || rect.right > box.right + 1
        || rect.top < box.top - 1 || rect.bottom > box.bottom + 1;
      if (outside) found.push(`outside of its picture: ${show(node)}`);
      continue;
    }
    for (let at = parent; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const hides = ["hidden", "clip"].includes(style.overflowX);
      if (hides && at.scrollWidth > at.clientWidth + 1) found.push(`cut by ${at.localName}: ${show(node)}`);
    }
  }
  // A line has more than a letter or two.
  const lines = new Map();
  for (const { node, rect } of texts) {
    lines.set(node, (lines.get(node) ?? new Set()).add(Math.round(rect.top)));
  }
  for (const [node, tops] of lines) {
    const letters = node.textContent.replace(/\s+/g, " ").trim().length;
    if (tops.size > 3 && letters / tops.size < 4) found.push(`too narrow: ${show(node)}`);
  }
  // Letters of two lines of one text may touch; those of two texts may not.
  const shrunk = texts.map(({ node, rect }) => ({
    node,
    left: rect.left + 1, right: rect.right - 1,
    top: rect.top + rect.height * 0.2, bottom: rect.bottom - rect.height * 0.2,
  }));
  shrunk.sort((a, b) => a.top - b.top);
  for (let i = 0; i < shrunk.length; i++) {
    const a = shrunk[i];
    for (let j = i + 1; j < shrunk.length && shrunk[j].top < a.bottom; j++) {
      const b = shrunk[j];
      if (a.node === b.node || a.left >= b.right || b.left >= a.right) continue;
      found.push(`overlap: ${show(a.node)} and ${show(b.node)}`);
    }
  }
  return [...new Set(found)].slice(0, 20);
}

/** Returns text whose contrast is below what WCAG 2 asks for (AA). */
export function contrast() {
  const parse = (colour) => {
    const numbers = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behindHtml = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.alpha > 0) return colour.rgb;
    }
    return [255, 255, 255];
  };
  // In a picture, what was drawn last before the text is behind it.
  const drawings = new Map();
  const drawn = (svg) => {
    if (!drawings.has(svg)) {
      const shapes = [];
      [...svg.querySelectorAll("rect, circle, text")].forEach((shape, order) => {
        shape.order = order;
        if (shape.localName === "text" || shape.closest(".tip")) return;
        const { visibility, fill } = getComputedStyle(shape);
        if (visibility !== "visible" || fill === "none" || parse(fill).alpha === 0) return;
        shapes.push({ order, fill, at: shape.getBoundingClientRect() });
      });
      drawings.set(svg, shapes);
    }
    return drawings.get(svg);
  };
  const behindSvg = (text, svg) => {
    const box = text.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    let rgb = behindHtml(svg);
    for (const { order, fill, at } of drawn(svg)) {
      if (order > text.order) break;
      if (x >= at.left && x <= at.right && y >= at.top && y <= at.bottom) rgb = parse(fill).rgb;
    }
    return rgb;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *, svg text")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("title, desc, style")) continue;
    const style = getComputedStyle(element);
    const svg = element.closest("svg");
    if (svg && element.closest(".tip")) continue;
    if (element.getClientRects().length === 0) continue;
    if (style.visibility !== "visible" || style.display === "none") continue;
    const colour = parse(svg ? style.fill : style.color);
    const behind = svg ? behindSvg(element, svg) : behindHtml(element);
    const is = ratio(colour.rgb, behind);
    if (is < 4.5) {
      found.push(`contrast ${is.toFixed(2)}: ${JSON.stringify(element.textContent.trim().slice(0, 60))}`);
    }
  }
  // The tips are drawn in the colours of the page, exchanged.
  for (const tip of document.querySelectorAll(".tip")) {
    const [rect, text] = [tip.querySelector("rect"), tip.querySelector("text")];
    const is = ratio(parse(getComputedStyle(rect).fill).rgb, parse(getComputedStyle(text).fill).rgb);
    if (is < 4.5) found.push(`contrast of a tip ${is.toFixed(2)}`);
  }
  return [...new Set(found)].slice(0, 20);
}

/** Returns what could act in a page: it has nothing of the kind. */
export function active() {
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    if (["script", "iframe", "object", "embed", "img", "form", "base"].includes(element.localName)) {
      found.push(`element ${element.localName}`);
    }
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) found.push(`attribute ${name}`);
      if (name === "href" && !/^(#|[\w.-]+\.html$|https:\/\/git\.kernel\.org\/linus\/[0-9a-f]{12}$)/.test(value)) {
        found.push(`link to ${value}`);
      }
    }
  }
  if (globalThis.hacked) found.push("a script of the file has run");
  return [...new Set(found)];
}

/** Returns what is wrong with the tip of the row that has the focus; null if none has it. */
export function focused() {
  const row = document.activeElement;
  if (!row?.matches("svg .row")) return null;
  const tip = row.querySelector(".tip");
  if (getComputedStyle(tip).visibility !== "visible") return ["the tip is not shown"];
  const found = [];
  if (!row.getAttribute("aria-label")) found.push("the row has no label");
  const box = row.closest("svg").getBoundingClientRect();
  for (const text of tip.querySelectorAll("text")) {
    const rect = text.getBoundingClientRect();
    if (rect.right > box.right + 1 || rect.bottom > box.bottom + 1 || rect.top < box.top - 1) {
      found.push(`the tip is cut: ${JSON.stringify(text.textContent)}`);
    }
  }
  return found;
}
