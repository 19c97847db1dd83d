// The system's browser: looked up, never downloaded.
import { spawnSync } from "node:child_process";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"]; // as in loadgen/setup/requirements.py

/** Starts it headless with a new profile, and with no name of a host that leads anywhere. */
export async function startChromium() {
    const name = NAMES.find((one) => spawnSync(one, ["--version"]).status === 0);
    if (name === undefined) {
        throw new Error(`no browser in PATH: expected ${NAMES.join(", ")}; run: make test-page`);
    }
    const executablePath = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    return chromium.launch({
        executablePath,
        headless: true,
        args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
    });
}
