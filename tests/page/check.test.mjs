// Every check can fail: each bad page says which checks find something in it, and where it matters, in which views.
// No other check, and no other view, may find anything.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BAD_PAGES, pageOf } from "./bad_pages.mjs";
import { startChromium } from "./chromium.mjs";
import { CHECKS, readPage } from "./read_page.mjs";
import { VIEWS } from "./views.mjs";

const GOOD = fileURLToPath(new URL("good.html", import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), "pages-"));
const file = (name) => join(FOLDER, `${name}.html`);

const DIFFERENT = ["laptop-light", "phone-dark", "print-dark", "reflow-320", "no-script"];
const FEW = VIEWS.filter((view) => DIFFERENT.includes(view.name)); // each kind once: a bad page shows in one of them

const pages = [
    { name: "good", path: GOOD, finds: [], wanted: ["Read the wide table or the method."] },
    ...Object.entries(BAD_PAGES).map(([name, page]) => ({ name, path: file(name), ...page })),
];

let browser;
before(async () => {
    for (const name of Object.keys(BAD_PAGES)) writeFileSync(file(name), pageOf(name));
    browser = await startChromium();
});
after(async () => {
    await browser.close();
    rmSync(FOLDER, { recursive: true });
});

const distinct = (values) => [...new Set(values)].sort();

// A page waits for its views most of the time: more of them at once than cores.
describe("pages", { concurrency: 2 * availableParallelism() }, () => {
    for (const { name, path, finds, wanted, within } of pages) {
        test(`${name}: ${finds.join(", ") || "nothing"}`, async () => {
            const findings = await readPage(browser, pathToFileURL(path).href, { wanted, views: finds.length ? FEW : VIEWS });
            const told = findings.map(({ check, view, text }) => `${check} [${view}] ${text}`).join("\n");
            assert.deepEqual(distinct(findings.map((one) => one.check)), distinct(finds), told);
            if (within) assert.deepEqual(distinct(findings.map((one) => one.view)), distinct(within), told);
        });
    }
});

test("every check has a page in which it alone finds something, or it and axe, or it and the console", () => {
    const alone = pages.map(({ finds }) =>
        finds.filter((one) => finds.length === 1 || (one !== "accessible" && one !== "quiet")),
    );
    assert.deepEqual(
        CHECKS.filter((check) => !alone.some((finds) => finds.length === 1 && finds[0] === check)),
        [],
    );
});

function program(...options) {
    return spawnSync(process.execPath, ["check.mjs", ...options], { cwd: new URL(".", import.meta.url), encoding: "utf8" });
}

test("a good page ends with exit code 0 and an ok for every check", () => {
    const { status, stdout } = program(GOOD);
    assert.equal(status, 0, stdout);
    assert.deepEqual(
        stdout.trim().split("\n"),
        CHECKS.map((check) => `ok       ${check}`),
    );
});

test("a bad page ends with exit code 1, and a line names check, place and views", () => {
    const { status, stdout } = program(file("link_to_nowhere"));
    assert.equal(status, 1);
    assert.match(
        stdout,
        /^finding {2}links: main > p > a "a place that is not there": href names "#gone", which is not there \[laptop-light\]$/m,
    );
});

test("a page that is not there is an error, not a finding", () => {
    const { status, stderr } = program(file("none"));
    assert.equal(status, 2);
    assert.match(stderr, /none\.html/);
});
