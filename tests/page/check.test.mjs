// Every check can fail: each page in fixtures/ says which checks find something in it, and where it matters, in which views.
// No other check, and no other view, may find anything.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { after, before, describe, test } from "node:test";
import { startChromium } from "./chromium.mjs";
import { CHECKS, readPage } from "./read_page.mjs";
import { VIEWS } from "./views.mjs";

const FOLDER = new URL("fixtures/", import.meta.url);

const DIFFERENT = ["laptop-light", "phone-dark", "print-dark", "reflow-320", "no-script"];
const FEW = VIEWS.filter((view) => DIFFERENT.includes(view.name)); // each kind once: a bad page shows in one of them

const listed = (text, key) => new RegExp(`<!-- ${key}: (.*) -->`).exec(text)?.[1].split(", ");

const fixtures = readdirSync(FOLDER).map((name) => {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const finds = listed(text, "finds").filter((check) => check !== "nothing");
    const wanted = [...text.matchAll(/<!-- wants: (.*) -->/g)].map((match) => match[1]);
    return { name, finds, wanted, within: listed(text, "in") };
});

let browser;
before(async () => {
    browser = await startChromium();
});
after(() => browser.close());

const distinct = (values) => [...new Set(values)].sort();

describe("fixtures", { concurrency: availableParallelism() }, () => {
    for (const { name, finds, wanted, within } of fixtures) {
        test(`${name}: ${finds.join(", ") || "nothing"}`, async () => {
            const findings = await readPage(browser, new URL(name, FOLDER).href, { wanted, views: finds.length ? FEW : VIEWS });
            const told = findings.map(({ check, view, text }) => `${check} [${view}] ${text}`).join("\n");
            assert.deepEqual(distinct(findings.map((one) => one.check)), distinct(finds), told);
            if (within) assert.deepEqual(distinct(findings.map((one) => one.view)), distinct(within), told);
        });
    }
});

test("every check has a page in which it alone finds something, or it and axe, or it and the console", () => {
    const alone = fixtures.map(({ finds }) =>
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
    const { status, stdout } = program("fixtures/good.html");
    assert.equal(status, 0, stdout);
    assert.deepEqual(
        stdout.trim().split("\n"),
        CHECKS.map((check) => `ok       ${check}`),
    );
});

test("a bad page ends with exit code 1, and a line names check, place and views", () => {
    const { status, stdout } = program("fixtures/link_to_nowhere.html");
    assert.equal(status, 1);
    assert.match(
        stdout,
        /^finding {2}links: main > p > a "a place that is not there": href names "#gone", which is not there \[laptop-light\]$/m,
    );
});

test("a page that is not there is trouble, not a finding", () => {
    const { status, stderr } = program("fixtures/none.html");
    assert.equal(status, 2);
    assert.match(stderr, /none\.html/);
});
