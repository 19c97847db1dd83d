// Opens a page in every view and collects what a reader would stumble over.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { accessible } from "./checks/accessible.mjs";
import { cutOff } from "./checks/cut_off.mjs";
import { drawnContrast } from "./checks/drawn_contrast.mjs";
import { drawnSize } from "./checks/drawn_size.mjs";
import { keyboard } from "./checks/keyboard.mjs";
import { links } from "./checks/links.mjs";
import { named } from "./checks/named.mjs";
import { overflow } from "./checks/overflow.mjs";
import { paper } from "./checks/paper.mjs";
import { sameText } from "./checks/same_text.mjs";
import { shown } from "./checks/shown.mjs";
import { listen } from "./listen.mjs";
import { install } from "./in_page.mjs";
import { PAPER, VIEWS } from "./views.mjs";

/** What is asked of an open page; `quiet` and `alone` are heard while it loads (listen.mjs). */
const ASKED = {
    overflow,
    cut_off: cutOff,
    accessible,
    links,
    keyboard,
    named,
    drawn_size: drawnSize,
    drawn_contrast: drawnContrast,
    paper,
    same_text: sameText,
    shown,
};

export const CHECKS = [...Object.keys(ASKED), "quiet", "alone"];

/**
 * Every finding as {check, view, text}, in the order of the views.
 *
 * `wanted` are texts that must be on the page; pictures of all views go into the folder `screenshots`, if one is named. A page
 * that is read in fewer `views` needs one with scripts before the one without.
 */
export async function readPage(browser, url, { wanted = [], screenshots = null, views = VIEWS } = {}) {
    if (screenshots) await mkdir(screenshots, { recursive: true });
    const findings = [];
    const known = { wanted, wordsWithScript: [] };
    const tabs = new Map();
    try {
        for (const view of views) {
            const device = `${view.touch} ${view.scriptless}`; // what a tab cannot change: views that share it share a tab
            if (!tabs.has(device)) tabs.set(device, await openTab(browser, url, view));
            const { page, heard } = tabs.get(device);
            const asked = await read(page, url, view, known, screenshots);
            const found = [...asked, ...heard.splice(0)];
            findings.push(...found.map(({ check, text }) => ({ check, view: view.name, text })));
        }
    } finally {
        for (const { context } of tabs.values()) await context.close();
    }
    return findings;
}

async function openTab(browser, url, { touch, scriptless }) {
    const context = await browser.newContext({
        isMobile: Boolean(touch),
        hasTouch: Boolean(touch),
        javaScriptEnabled: !scriptless,
    });
    const page = await context.newPage();
    return { context, page, heard: await listen(page, url) };
}

/** Loads the page anew in one view; what the checks of that view find, as {check, text}. */
async function read(page, url, view, known, screenshots) {
    await page.setViewportSize(view.size);
    await page.emulateMedia({ media: view.print ? "print" : "screen", colorScheme: view.scheme });
    await page.goto(url, { waitUntil: "load" });
    await page.evaluate(install);
    if (view.print) await page.setViewportSize({ ...PAPER, width: await printedWidth(page) });
    if (screenshots) await picture(page, view, screenshots);
    if (!view.scriptless && known.wordsWithScript.length === 0)
        known.wordsWithScript = await page.evaluate(() => reader.words());
    const findings = [];
    for (const check of view.checks) {
        const texts = await ASKED[check](page, { ...known, view: { ...view, size: page.viewportSize() } });
        findings.push(...texts.map((text) => ({ check, text })));
    }
    return findings;
}

/** The width in px that a page of A4 leaves for text: less the margins of its @page rule, or the browser's of 0.4 in. */
async function printedWidth(page) {
    return page.evaluate((whole) => {
        const own = [...document.styleSheets].filter((sheet) => sheet.href === null); // others are findings of `alone`
        const rules = own.flatMap((sheet) => [...sheet.cssRules]);
        const inner = rules.flatMap((rule) => (rule instanceof CSSMediaRule ? [...rule.cssRules] : [rule]));
        const margins = inner.filter((rule) => rule instanceof CSSPageRule && !rule.selectorText).map((rule) => rule.style);
        const pixels = (side) => {
            const stated = margins.map((style) => style.getPropertyValue(`margin-${side}`)).findLast(Boolean) ?? "0.4in";
            const probe = document.createElement("div");
            probe.style.cssText = `position: absolute; visibility: hidden; width: ${stated}`;
            document.body.append(probe);
            const { width } = probe.getBoundingClientRect();
            probe.remove();
            return width;
        };
        return Math.floor(whole - pixels("left") - pixels("right"));
    }, PAPER.width);
}

async function picture(page, view, folder) {
    await page.screenshot({ path: join(folder, `${view.name}.png`), fullPage: true });
    if (view.print) await page.pdf({ path: join(folder, `${view.name}.pdf`), format: "A4", preferCSSPageSize: true });
}
