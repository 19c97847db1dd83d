// Reads a page as a reader would and says what is wrong with it, a line each.
//
//   node check.mjs PAGE.html [--screenshots FOLDER] [--shows FILE] [--all]
//
// FILE has a text on each line that must be on the page; with --all every finding has its line, not only the
// first of each check. Exit code 0: nothing found, 1: findings, 2: an error.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { startChromium } from "./chromium.mjs";
import { CHECKS, readPage } from "./read_page.mjs";

const SHOWN_OF_ONE_KIND = 12;

/** A line for each finding, with all views that have it; the rest of a check's findings as a count. */
function lines(findings, most) {
    return CHECKS.flatMap((check) => {
        const views = new Map();
        for (const { text, view } of findings.filter((one) => one.check === check))
            views.set(text, [...new Set([...(views.get(text) ?? []), view])]);
        if (views.size === 0) return [`ok       ${check}`];
        const told = [...views].map(([text, where]) => `finding  ${check}: ${text} [${where.join(", ")}]`);
        const rest = told.length - most;
        return rest > 0 ? [...told.slice(0, most), `finding  ${check}: ${rest} more; --all tells them`] : told;
    });
}

async function main() {
    const options = { screenshots: { type: "string" }, shows: { type: "string" }, all: { type: "boolean" } };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length !== 1)
        throw new Error("expected one page: node check.mjs PAGE.html [--screenshots FOLDER] [--shows FILE] [--all]");
    readFileSync(positionals[0]); // a missing page is named before a browser starts
    const wanted = values.shows ? readFileSync(values.shows, "utf8").split("\n").filter(Boolean) : [];
    const browser = await startChromium();
    try {
        const findings = await readPage(browser, pathToFileURL(resolve(positionals[0])).href, {
            wanted,
            screenshots: values.screenshots,
        });
        console.log(lines(findings, values.all ? Infinity : SHOWN_OF_ONE_KIND).join("\n"));
        return findings.length ? 1 : 0;
    } finally {
        await browser.close();
    }
}

try {
    process.exitCode = await main();
} catch (error) {
    console.error(`check.mjs: ${error.message}`);
    process.exitCode = 2;
}
